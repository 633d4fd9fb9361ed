"""Shapes that both APIs show."""
