"""Reading cases: whose they are, who may see them, what is to do."""
