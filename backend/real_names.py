"""Real names: an account becomes a person's, and what it did before comes with it."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.appointments.acts import adopting as appointments
from backend.cases.acts import adopting as cases
from backend.identity import residents


async def confirm(account: UUID, *, name: str, id_number: str, now: datetime) -> None:
    """Keep a real name that the identity service confirms; what is kept already isn't asked again.

    The account's cases and bookings of before come under the person in the same moment, so that
    they count for all accounts of theirs. Raises as `residents.ask_real_name` and `SessionEnded`.
    """
    confirmed = await residents.ask_real_name(account, name=name, id_number=id_number, now=now)
    if confirmed is None:
        return
    async with in_transaction():
        person = await residents.keep_real_name(account, confirmed, now=now)
        await cases.adopt(account, person)
        await appointments.adopt(account, person)
