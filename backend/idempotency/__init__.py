"""Keyed requests: the first answer is stored with its effect, and given again to a repetition."""
