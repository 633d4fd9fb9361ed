"""Messages as people see them: inboxes, consents to be told on WeChat, and WeChat's events."""
