"""The clock of a case: its limits, and what they promise."""
