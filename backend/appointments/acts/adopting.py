"""Appointments of an account whose person has just become known."""

from uuid import UUID

from backend.appointments.acts import statements
from config.database import connection


async def adopt(account: UUID, person: UUID) -> None:
    """Make the account's appointments the person's, but none beside an active one in its way.

    More than a person may hold stay, and keep them from further ones. To be called in the
    transaction that makes the account the person's.
    """
    await connection().execute_query(statements.LOCK_PERSON, [person])
    await connection().execute_query(statements.ADOPT, [account, person])
