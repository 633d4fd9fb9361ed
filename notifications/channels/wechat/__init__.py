"""WeChat's subscribe messages."""
