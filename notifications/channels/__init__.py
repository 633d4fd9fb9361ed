"""The channels over which copies of messages go, one folder each, and what they have in common."""
