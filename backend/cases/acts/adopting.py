"""Cases of an account whose person has just become known."""

from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.cases.acts import statements
from backend.cases.record.filing import new
from config.database import connection


async def adopt(account: UUID, person: UUID) -> None:
    """Make the account's cases the person's, but none beside an open one of the same.

    To be called in the transaction that makes the account the person's.
    """
    while True:
        try:
            async with in_transaction():
                await connection().execute_query(statements.ADOPT, [account, person, new.OPEN])
        except IntegrityError as error:
            # Another account of the person was faster, and its case is seen now.
            if getattr(error.__cause__, "constraint_name", "") != "case_one_open":
                raise
        else:
            return
