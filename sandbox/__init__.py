"""A strict stand-in for WeChat's server, for development and tests.

Product code never imports it.
"""
