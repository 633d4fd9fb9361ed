"""Mandates 授权: somebody else, or the clerks of a unit, act for a person; ended at once."""
