"""From the data files to published versions."""
