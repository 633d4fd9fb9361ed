"""Periodic jobs: how often each runs, and running them, one at a time in the whole deployment."""
