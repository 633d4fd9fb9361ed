"""A new case: what it is written with, and the one statement that does it."""
