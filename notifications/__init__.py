"""A change, who is told of it, in which words, over which channel: outbox, delivery, worker."""
