"""Reading offices, their days and slots, and appointments."""
