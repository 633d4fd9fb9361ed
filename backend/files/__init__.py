"""Residents' uploads: checked, cleaned, sealed, and shown through short-lived links."""
