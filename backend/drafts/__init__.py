"""Applications that were begun and not handed in yet."""
