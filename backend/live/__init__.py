"""What staff hear while they listen: that their tasks or messages have changed, without polling."""
