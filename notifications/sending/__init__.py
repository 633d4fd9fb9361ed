"""Messages become deliveries: claimed, sent, recorded, forgotten."""
