"""The usual peer: FastAPI with SQLAlchemy's async ORM, as people write it, without our checks.

It reads and writes the same rows of the same tables. It knows no tokens, keys or forms, seals
nothing and writes no log.
"""
