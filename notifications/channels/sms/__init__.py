"""Short messages (SMS) of Alibaba Cloud, for what matters and reached nobody otherwise."""
