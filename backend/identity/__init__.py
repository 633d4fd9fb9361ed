"""Who asks: residents and staff, their sessions, and what we know of them."""
