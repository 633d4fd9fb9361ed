"""A case as one record: read in one statement, changed in one place."""
