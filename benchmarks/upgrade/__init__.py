"""How long an upgrade takes, and what whoever is served meanwhile feels of it."""
