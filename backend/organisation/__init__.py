"""The organisation: city, districts, streets, communities and departments."""
