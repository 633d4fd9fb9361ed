"""What staff have to do: their tasks, claimed and listed, and the transfers that wait."""
