"""The rules of an appointment: its lifecycle, its refusals and the words of its states."""
