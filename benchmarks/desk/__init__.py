"""How long staff wait in a city with a million cases."""
