"""Cards over WeCom, for staff who bound themselves to it."""
