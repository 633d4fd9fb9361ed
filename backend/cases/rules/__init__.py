"""The rules of a case: its lifecycle and the words of its states."""
