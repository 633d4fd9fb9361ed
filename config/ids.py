"""Ids of the kind that asyncpg reads from the database, for those that are made or read here."""

from uuid import UUID

from asyncpg.pgproto import pgproto


def made(content: bytes | str) -> UUID:
    """The id of these 16 bytes or this text; ValueError if it is none.

    A UUID like any other, made, written as text and sent to the database in a tenth of the time.
    """
    found: UUID = pgproto.UUID(content)
    return found
