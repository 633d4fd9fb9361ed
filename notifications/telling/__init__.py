"""A change becomes messages: who is told, in which words, and the rows that say so."""
