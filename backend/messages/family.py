"""Naming a family member who is told when something goes on, accepting it, and ending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act
from backend.identity import masks
from backend.identity.actors import ResidentActor
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from backend.mandates import codes
from backend.messages import statements
from backend.messages.refusals import (
    FamilyCodeRefused,
    FamilyCopyNotFound,
    FamilyIsOneself,
    FamilyTooMany,
)
from config import vault
from config.database import connection
from config.vault import sealed
from models import FamilySide, uuid7
from notifications.telling import messages, outbox
from notifications.telling.recipients import Resident

MOST = 5
"""So many may be told of one account's matters, with those who have yet to accept."""
SHOWN = 100


class FamilyState(StrEnum):
    """Whether a family member is told: only where it is `active`."""

    WAITING = "waiting"
    ACTIVE = "active"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyCopy:
    """One as both sides see it; names are masked, and None of who has not confirmed theirs."""

    id: UUID
    principal_masked: str | None
    relative_masked: str | None
    created_at: datetime
    code_until: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: FamilySide | None

    def state(self, now: datetime) -> FamilyState:
        """How it stands at this moment."""
        if self.ended_at is not None:
            return FamilyState.ENDED
        if self.accepted_at is not None:
            return FamilyState.ACTIVE
        return FamilyState.WAITING if self.code_until > now else FamilyState.EXPIRED


async def of_account(resident_id: UUID) -> tuple[list[FamilyCopy], list[FamilyCopy]]:
    """Those that the account named, and those it is told of, ended ones too, the newest first."""
    named, followed = [
        await connection().execute_query_dict(asked, [resident_id, SHOWN])
        for asked in (statements.FAMILY_NAMED, statements.FAMILY_FOLLOWED)
    ]
    return [_copy(row) for row in named], [_copy(row) for row in followed]


async def name(phone: str, *, by: ResidentActor, now: datetime) -> tuple[FamilyCopy, str]:
    """Name whoever has this phone; with it the code for them, which nobody sees again.

    Safe to repeat: one before that waits for the same phone is replaced. FamilyIsOneself,
    FamilyTooMany and SessionEnded.
    """
    copy_id, code, hashed = uuid7(), codes.new(), vault.blind("phone", phone)
    async with in_transaction():
        account = await _account(by)
        if account["phone_hash"] == hashed:
            raise FamilyIsOneself
        await _run(statements.FAMILY_REPLACE, by.id, hashed, now)
        if (await _run(statements.FAMILY_COUNT, by.id))[0]["found"] >= MOST:
            raise FamilyTooMany
        kept = codes.hashed(copy_id, code), now + codes.LASTS
        await _run(statements.FAMILY_NAME, copy_id, now, by.id, hashed, *kept)
        await _record(Act.NAME_RELATIVE, copy_id, by, concerns=by.id)
        return await _one(copy_id), code


async def accept(code: str, *, by: ResidentActor, now: datetime) -> FamilyCopy:
    """Agree to be told by the code that the principal told; safe to repeat while it lasts.

    FamilyCodeRefused, whatever is wrong with the code; a try counts for each that waits for this
    phone. AssuranceTooLow without phone, FamilyIsOneself, SessionEnded. Not to be called inside a
    transaction, whose rollback would undo that a try was counted.
    """
    async with in_transaction():
        account = await _account(by)
        phone = account["phone_hash"]
        if phone is None:
            raise AssuranceTooLow("接收家人提醒需要先绑定手机号")
        waiting = await _run(statements.FAMILY_WAITING, phone, now, codes.TRIES)
        found = _of_code(waiting, code)
        if found is not None:
            await _accepted(found, account, by, now)
        else:
            found = _of_code(await _run(statements.FAMILY_ACCEPTED, by.id, phone, now), code)
        if found is None:
            await _run(statements.FAMILY_TRIED, [row["id"] for row in waiting])
        accepted = await _one(found["id"]) if found else None
    if accepted is None:
        raise FamilyCodeRefused
    outbox.wake()
    return accepted


async def end(copy_id: UUID, *, by: ResidentActor, now: datetime) -> FamilyCopy:
    """End it as either side; from this moment nobody is told, not of what waits either.

    One that ended before stays as it is. FamilyCopyNotFound for who has no part in it.
    """
    async with in_transaction():
        rows = await _run(statements.FAMILY_LOCK, copy_id, by.id)
        if not rows:
            raise FamilyCopyNotFound
        row = rows[0]
        if row["ended_at"] is None:
            own = row["principal_id"] == by.id
            side = FamilySide.PRINCIPAL if own else FamilySide.RELATIVE
            await _run(statements.FAMILY_END, copy_id, now, side)
            if row["relative_id"] is not None:
                await _run(statements.FAMILY_DROP, row["relative_id"])
                other = row["relative_id"] if own else row["principal_id"]
                await _tell("end", other, now)
            await _record(Act.END_RELATIVE, copy_id, by, concerns=row["principal_id"])
        ended = await _one(copy_id)
    outbox.wake()
    return ended


async def _accepted(
    found: Mapping[str, Any], account: Mapping[str, Any], by: ResidentActor, now: datetime
) -> None:
    principal = found["principal_id"]
    persons = await _run(statements.PERSON_OF, principal)
    same = persons[0]["person_id"] is not None and persons[0]["person_id"] == account["person_id"]
    if same or principal == by.id:
        raise FamilyIsOneself
    await _run(statements.FAMILY_END_SAME, principal, by.id, now)
    await _run(statements.FAMILY_ACCEPT, found["id"], by.id, now)
    await _tell("accept", principal, now)
    await _record(Act.ACCEPT_RELATIVE, found["id"], by, concerns=principal)


async def _account(by: ResidentActor) -> dict[str, Any]:
    """The account that acts, under its lock."""
    rows = await _run(statements.LOCK_ACCOUNT, by.id)
    if not rows:
        raise SessionEnded
    return rows[0]


async def _tell(action: str, resident_id: UUID, now: datetime) -> None:
    await outbox.enqueue(messages.family_message(action, to=Resident(resident_id), at=now))


async def _record(act: Act, copy_id: UUID, by: ResidentActor, *, concerns: UUID) -> None:
    await audit.record(act, by=by.acting, on=("family_copy", copy_id), resident=concerns)


async def _one(copy_id: UUID) -> FamilyCopy:
    """One that the transaction has written or locked."""
    return _copy((await _run(statements.FAMILY_ONE, copy_id))[0])


async def _run(statement: str, *given: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await connection().execute_query_dict(statement, list(given))
    return rows


def _of_code(rows: list[dict[str, Any]], code: str) -> Mapping[str, Any] | None:
    fitting = [row for row in rows if codes.fits(row["id"], code, row["code_hash"])]
    return fitting[-1] if fitting else None


def _copy(row: Mapping[str, Any]) -> FamilyCopy:
    return FamilyCopy(
        id=row["id"],
        principal_masked=_masked(row["principal_person"], row["principal_name"]),
        relative_masked=_masked(row["relative_person"], row["relative_name"]),
        created_at=row["created_at"],
        code_until=row["code_until"],
        accepted_at=row["accepted_at"],
        ended_at=row["ended_at"],
        ended_by=FamilySide(row["ended_by"]) if row["ended_by"] else None,
    )


def _masked(person_id: UUID | None, stored: bytes | None) -> str | None:
    if person_id is None:
        return None
    found = sealed.unseal("person", person_id, column="name", stored=stored)
    return found and masks.mask("name", found)
