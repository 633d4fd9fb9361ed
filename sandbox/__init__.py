"""A strict stand-in for WeChat's server and the identity service, and the demo.

For development and tests. Product code never imports it.
"""
