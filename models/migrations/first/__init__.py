"""The parts of the first migration, never changed once it is released; no migrations themselves."""
