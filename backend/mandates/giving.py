"""Giving a mandate, accepting it by its code, and taking it back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act
from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemUnknown
from backend.identity.actors import ResidentActor
from backend.identity.refusals import AssuranceTooLow
from backend.mandates import codes, mandates, statements
from backend.mandates.mandates import Mandate
from backend.mandates.refusals import (
    MandateAgentUnclear,
    MandateCodeRefused,
    MandateItemUnknown,
    MandateNotFound,
    MandateToOneself,
    MandateUnitUnknown,
    MandateUntilInvalid,
    TooManyMandates,
)
from backend.organisation import queries as organisation
from config import vault
from config.clock import city_day
from config.database import connection
from models import RevokedBy, Right, uuid7
from notifications.telling import messages, outbox

MOST = 20
"""So many of a principal's may hold or wait at a time."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the principal gives, and to whom; `items` is None for all."""

    agent_phone: str | None = field(default=None, repr=False)
    unit_code: str | None = None
    items: list[str] | None
    rights: list[Right]
    until: date


async def give(terms: Terms, *, by: ResidentActor, now: datetime) -> tuple[Mandate, str | None]:
    """Give a mandate; with it the code for the agent, which nobody sees again. None for a unit.

    Safe to repeat: the one before to the same unit, or that waits for the same phone, is replaced.
    AssuranceTooLow for whose real name is not known; MandateAgentUnclear, MandateUnitUnknown,
    MandateItemUnknown, MandateUntilInvalid, MandateToOneself and TooManyMandates.
    """
    person = _person(by, "授权他人代办")
    await _check(terms, city_day(now))
    phone = terms.agent_phone and vault.blind("phone", terms.agent_phone)
    mandate_id, code = uuid7(), codes.new() if phone else None
    async with in_transaction() as within:
        await within.execute_query(statements.LOCK_PRINCIPAL, [person])
        if phone and await within.execute_query_dict(statements.OWN_PHONE, [person, phone]):
            raise MandateToOneself
        replaced = [person, terms.unit_code, phone, now]
        await within.execute_query(statements.REPLACE, replaced)
        counted = [person, city_day(now), now]
        [row] = await within.execute_query_dict(statements.IN_FORCE, counted)
        if row["found"] >= MOST:
            raise TooManyMandates
        given = [
            *(mandate_id, now, person, terms.unit_code),
            None if terms.items is None else json.dumps(sorted(set(terms.items))),
            json.dumps(sorted(set(terms.rights))),
            *(terms.until, phone, code and codes.hashed(mandate_id, code)),
            *(now + codes.LASTS if code else None, None if code else now),
        ]
        await within.execute_query(statements.GIVE, given)
        await audit.record(
            Act.GIVE_MANDATE, by=by.acting, on=("mandate", mandate_id), resident=by.id
        )
    return await mandates.one(mandate_id), code


async def accept(code: str, *, by: ResidentActor, now: datetime) -> Mandate:
    """Become the agent of the mandate with this code; safe to repeat while the code lasts.

    MandateCodeRefused, whatever is wrong with the code; a try counts for each mandate that waits
    for this phone. AssuranceTooLow without real name or phone, MandateToOneself. Not to be called
    inside a transaction, whose rollback would undo that a try was counted.
    """
    person = _person(by, "接受授权")
    rows = await connection().execute_query_dict(statements.PHONE, [by.id])
    phone = rows[0]["phone_hash"] if rows else None
    if phone is None:
        raise AssuranceTooLow("接受授权需要先绑定手机号")
    async with in_transaction() as within:
        asked = [phone, now, codes.TRIES]
        waiting = await within.execute_query_dict(statements.WAITING, asked)
        found = _of_code(waiting, code)
        if found is not None:
            if found["principal_id"] == person:
                raise MandateToOneself
            await within.execute_query(statements.ACCEPT, [found["id"], person, now])
            await _told("accept", found["principal_id"], now)
            await audit.record(
                Act.ACCEPT_MANDATE, by=by.acting, on=("mandate", found["id"]), resident=by.id
            )
        else:
            asked = [person, phone, now]
            found = _of_code(await within.execute_query_dict(statements.ACCEPTED, asked), code)
        if found is None:
            await within.execute_query(statements.TRIED, [[row["id"] for row in waiting]])
    if found is None:
        raise MandateCodeRefused
    outbox.wake()
    return await mandates.one(found["id"])


async def revoke(mandate_id: UUID, *, by: ResidentActor, now: datetime) -> Mandate:
    """Take a mandate back, or give it back; from this moment nothing is done with it.

    One that was revoked before stays as it is. MandateNotFound for who has no part in it.
    """
    async with in_transaction() as within:
        rows = await within.execute_query_dict(statements.LOCK_OWN, [mandate_id, by.person_id])
        if not rows:
            raise MandateNotFound
        row = rows[0]
        if row["revoked_at"] is None:
            own = row["principal_id"] == by.person_id
            who = RevokedBy.PRINCIPAL if own else RevokedBy.AGENT
            await within.execute_query(statements.REVOKE, [mandate_id, now, who])
            await _told("revoke", row["agent_id"] if own else row["principal_id"], now)
            await audit.record(
                Act.REVOKE_MANDATE, by=by.acting, on=("mandate", mandate_id), resident=by.id
            )
    outbox.wake()
    return await mandates.one(mandate_id)


def _person(by: ResidentActor, what: str) -> UUID:
    if by.person_id is None:
        raise AssuranceTooLow(f"{what}需要先完成实名认证")
    return by.person_id


async def _check(terms: Terms, today: date) -> None:
    if (terms.agent_phone is None) == (terms.unit_code is None):
        raise MandateAgentUnclear
    known = {unit.code for unit in organisation.valid(on=today)} if terms.unit_code else set()
    if terms.unit_code is not None and terms.unit_code not in known:
        raise MandateUnitUnknown
    if not today <= terms.until <= _a_year_after(today):
        raise MandateUntilInvalid
    unknown = [place for place, code in enumerate(terms.items or []) if not await _is_item(code)]
    if unknown:
        raise MandateItemUnknown(unknown)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


async def _is_item(code: str) -> bool:
    try:
        await catalogue.current(code)
    except ItemUnknown:
        return False
    return True


def _of_code(rows: list[dict[str, Any]], code: str) -> Mapping[str, Any] | None:
    fitting = [row for row in rows if codes.fits(row["id"], code, row["code_hash"])]
    return fitting[-1] if fitting else None


async def _told(action: str, person_id: UUID | None, now: datetime) -> None:
    """Tell all accounts of the person; in the transaction of the change."""
    rows = await connection().execute_query_dict(statements.ACCOUNTS, [person_id])
    told = [messages.mandate_message(action, resident_id=row["id"], at=now) for row in rows]
    await outbox.enqueue(*told)
