"""Reading a case by its number and query code, without logging in."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from hmac import compare_digest
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.audit import log
from backend.audit.log import Act
from backend.cases.reading import queries, statements
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import CaseNotFound, QueryLocked
from config import vault
from config.database import connection
from config.vault import sealed

# Wrong tries in an hour. A code has a million values, so that whoever has addresses without end
# still has 480 guesses a day at one number; see docs/decisions.md.
OF_PAIR = 5
OF_NUMBER = 20
OF_ADDRESS = 50

_DECOY_ID = UUID(int=0)


async def query(number: str, query_code: str, *, address: str, now: datetime) -> Snapshot:
    """The case with its events; CaseNotFound where number and code do not fit.

    Only wrong tries count: QueryLocked, for the right code too, after five in an hour
    for this number from this address, 20 for the number, known or not, or 50 from the address.
    Recorded in the access log.
    """
    budgets = _budgets(number, address)
    async with in_transaction():
        # Held until the try is counted: rivals see each other's.
        await connection().execute_query(statements.LOCK_BUDGETS, [sorted(budgets)])
        await _refuse_if_used_up(budgets, now)
        rows = await connection().execute_query_dict(statements.BY_NUMBER, [number])
        fits = _fits(rows, query_code)
        if not fits:
            await connection().execute_query(statements.COUNT_TRY, [[*budgets], now])
    await log.record(
        Act.QUERY_CASE,
        by=log.UNKNOWN,
        on=("case", rows[0]["id"]) if rows else None,
        resident=rows[0]["resident_id"] if rows else None,
        purpose="public",
        details={"fits": fits},
    )
    if not fits:
        raise CaseNotFound
    return await queries.snapshot(rows[0])


async def forget(*, now: datetime) -> int:
    """Delete the tries that count no more; how many."""
    return len(await connection().execute_query_dict(statements.FORGET_TRIES, [now]))


def _budgets(number: str, address: str) -> dict[str, int]:
    """How many wrong tries an hour has room for, by the key they are counted under."""
    return {
        vault.blind("query_pair", f"{number} {address}"): OF_PAIR,
        vault.blind("query_number", number): OF_NUMBER,
        vault.blind("query_address", address): OF_ADDRESS,
    }


async def _refuse_if_used_up(budgets: Mapping[str, int], now: datetime) -> None:
    given = [[*budgets], [*budgets.values()], now]
    rows = await connection().execute_query_dict(statements.USED_UP, given)
    if rows:
        seconds = max(1, math.ceil(rows[0]["wait"]))
        raise QueryLocked(most=rows[0]["most"], retry_after=seconds)


def _fits(rows: Sequence[Mapping[str, Any]], query_code: str) -> bool:
    # Without such a case a decoy is opened: the answer takes the same work either way.
    case_id, stored = (
        (rows[0]["id"], rows[0]["query_code_sealed"]) if rows else (_DECOY_ID, _decoy())
    )
    code = sealed.unseal("case", case_id, column="query_code", stored=stored) or ""
    return compare_digest(code.encode(), query_code.encode()) and bool(rows)


@cache
def _decoy() -> bytes:
    return sealed.seal("case", _DECOY_ID, column="query_code", text="000000")
