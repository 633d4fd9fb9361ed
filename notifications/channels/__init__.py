"""The channels over which copies of messages go; one folder each."""
