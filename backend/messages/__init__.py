"""Messages as the resident sees them: the inbox, consents to be told on WeChat, WeChat's events."""
