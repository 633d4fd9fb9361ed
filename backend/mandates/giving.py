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
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.refusals import AssuranceTooLow
from backend.mandates import checks, codes, mandates, statements, telling
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import (
    GuardianshipEndsAtWindow,
    MandateAgentUnclear,
    MandateCodeRefused,
    MandateNotFound,
    MandateToOneself,
)
from config import vault
from config.clock import city_day
from config.database import connection
from models import Basis, RevokedBy, Right, uuid7
from notifications.telling import outbox


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the principal gives, and to whom; `items` is None for all."""

    agent_phone: str | None = field(default=None, repr=False)
    unit_code: str | None = None
    items: list[str] | None
    rights: list[Right]
    until: date


async def give(given: Terms, *, by: ResidentActor, now: datetime) -> tuple[Mandate, str | None]:
    """Give a mandate; with it the code for the agent, which nobody sees again. None for a unit.

    Safe to repeat: the one before to the same unit, or that waits for the same phone, is replaced.
    AssuranceTooLow for whose real name is not known; MandateAgentUnclear, MandateUnitUnknown,
    MandateItemUnknown, MandateUntilInvalid, MandateToOneself and TooManyMandates.
    """
    person = _person(by, "授权他人代办")
    await _check(given, city_day(now))
    phone = given.agent_phone and vault.blind("phone", given.agent_phone)
    mandate_id, code = uuid7(), codes.new() if phone else None
    async with in_transaction() as within:
        await within.execute_query(statements.LOCK_PRINCIPAL, [person])
        if phone and await within.execute_query_dict(statements.OWN_PHONE, [person, phone]):
            raise MandateToOneself
        replaced = [person, given.unit_code, phone, now]
        await within.execute_query(statements.REPLACE, replaced)
        await checks.check_room(person, now=now)
        row = [
            *(mandate_id, now, person, given.unit_code),
            None if given.items is None else json.dumps(sorted(set(given.items))),
            json.dumps(sorted(set(given.rights))),
            *(given.until, phone, code and codes.hashed(mandate_id, code)),
            *(now + codes.LASTS if code else None, None if code else now),
        ]
        await within.execute_query(statements.GIVE, row)
        await audit.record(
            Act.GIVE_MANDATE, by=by.acting, on=("mandate", mandate_id), resident=by.id
        )
    return await mandates.one(mandate_id), code


async def accept(code: str, *, by: ResidentActor, now: datetime) -> Mandate:
    """Become the agent of the mandate with this code; safe to repeat while the code lasts.

    MandateCodeRefused, whatever is wrong with the code; a try counts for each mandate that waits
    for this phone. AssuranceTooLow without real name or phone, MandateToOneself,
    MandateAgentUnderage. Not to be called inside a transaction, whose rollback would undo that a
    try was counted.
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
            agent = await profiles.principal(person)
            checks.check_agent(agent.profile["id_number"], today=city_day(now))
            await within.execute_query(statements.ACCEPT, [found["id"], person, now])
            await telling.tell("accept", found["principal_id"], now=now)
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

    One that was revoked before stays as it is. MandateNotFound for who has no part in it;
    GuardianshipEndsAtWindow for a ward, whose word does not count in this.
    """
    async with in_transaction() as within:
        rows = await within.execute_query_dict(statements.LOCK_OWN, [mandate_id, by.person_id])
        if not rows:
            raise MandateNotFound
        row = rows[0]
        if row["revoked_at"] is None:
            own = row["principal_id"] == by.person_id
            if own and row["basis"] == Basis.GUARDIAN:
                raise GuardianshipEndsAtWindow
            who = RevokedBy.PRINCIPAL if own else RevokedBy.AGENT
            await within.execute_query(statements.REVOKE, [mandate_id, now, who])
            # What was over already ends for nobody.
            if mandates.from_row(row).state(now) is not MandateState.EXPIRED:
                other = row["agent_id"] if own else row["principal_id"]
                await telling.tell("revoke", other, now=now)
            await audit.record(
                Act.REVOKE_MANDATE, by=by.acting, on=("mandate", mandate_id), resident=by.id
            )
    outbox.wake()
    return await mandates.one(mandate_id)


def _person(by: ResidentActor, what: str) -> UUID:
    if by.person_id is None:
        raise AssuranceTooLow(f"{what}需要先完成实名认证")
    return by.person_id


async def _check(given: Terms, today: date) -> None:
    if (given.agent_phone is None) == (given.unit_code is None):
        raise MandateAgentUnclear
    checks.check_unit(given.unit_code, today=today)
    checks.check_until(given.until, today=today)
    await checks.check_items(given.items)


def _of_code(rows: list[dict[str, Any]], code: str) -> Mapping[str, Any] | None:
    fitting = [row for row in rows if codes.fits(row["id"], code, row["code_hash"])]
    return fitting[-1] if fitting else None
