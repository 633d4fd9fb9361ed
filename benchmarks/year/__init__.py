"""A city's year in memory: which messages reach the phone, by the rules that are in force."""
