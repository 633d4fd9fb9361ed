"""Mandates that are made at a window: signed on paper, or of a guardian who shows a document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.files import handing
from backend.files.owners import Owner
from backend.files.refusals import FileNotFound
from backend.identity.actors import PostView, StaffActor
from backend.mandates import checks, mandates, statements, telling
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import (
    GuardianProofUnfit,
    MandateAgentUnclear,
    MandateAlreadyHeld,
    MandateNotFound,
    MandateSignerUnderage,
    MandateToOneself,
    MandateUntilInvalid,
    OwnMandate,
)
from backend.window import persons, posts
from backend.window.persons import Found
from backend.window.refusals import MandatePurposeMissing, PersonNotFound
from config.clock import city_day
from models import Basis, GuardianProof, RevokedBy, Right, StoredFile, uuid7
from notifications.telling import outbox

SIGNS = 16
"""Full years: from then on somebody may sign, by living on their own work (民法典 18)."""
_ADULT = frozenset(
    {GuardianProof.COURT_DECISION, GuardianProof.APPOINTMENT, GuardianProof.AGREEMENT}
)
PROOFS = {True: frozenset(GuardianProof) - {GuardianProof.AGREEMENT}, False: _ADULT}
"""What shows the guardian of a minor, and of an adult whom a court has declared incapable."""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What is on the paper; `items` is None for all, and the agent a person or a unit.

    Of a guardian it has the `proof`, and of a minor's it may leave out the day.
    """

    principal_id: UUID
    agent_id: UUID | None = None
    agent_unit_code: str | None = None
    basis: Basis
    proof: GuardianProof | None = None
    file_id: UUID
    items: list[str] | None
    rights: list[Right]
    until: date | None


async def make(signed: Signed, *, unit_code: str | None, by: StaffActor, now: datetime) -> Mandate:
    """Make it at the clerk's window of this unit; it holds at once, and both sides are told.

    A unit's newer one replaces the one before. WindowMissing, WindowUnclear, PersonNotFound,
    OwnMandate, FileUnknown for what the clerk has not scanned; MandateAgentUnclear,
    MandateToOneself, MandateUnitUnknown, MandateItemUnknown, MandateUntilInvalid,
    MandateSignerUnderage, MandateAgentUnderage, MandateAlreadyHeld, GuardianProofUnfit;
    TooManyMandates.
    """
    window, today = posts.window(by, unit_code), city_day(now)
    if (signed.agent_id is None) == (signed.agent_unit_code is None):
        raise MandateAgentUnclear("agent_id")
    principal = await persons.one(signed.principal_id)
    if signed.agent_id is not None:
        await _check_agent(signed.agent_id, principal, today)
    until = _until(signed, principal, today)
    checks.check_unit(signed.agent_unit_code, today=today)
    await checks.check_items(signed.items)
    mandate_id = uuid7()
    items = None if signed.items is None else json.dumps(sorted(set(signed.items)))
    rights = json.dumps(sorted(set(signed.rights)))
    async with in_transaction() as within:
        await within.execute_query(statements.LOCK_PRINCIPAL, [principal.id])
        persons_named = [principal.id, *([signed.agent_id] if signed.agent_id else [])]
        if await within.execute_query_dict(statements.IS_ONESELF, [by.id, persons_named]):
            raise OwnMandate
        same = [principal.id, signed.agent_id, signed.basis, until, items, rights]
        if await within.execute_query_dict(statements.SAME, same):
            raise MandateAlreadyHeld
        await handing.hand_over(
            [signed.file_id], giver=Owner("staff", by.id), person_id=principal.id
        )
        if signed.agent_unit_code is not None:
            replaced = [principal.id, signed.agent_unit_code, None, now]
            await within.execute_query(statements.REPLACE, replaced)
        await checks.check_room(principal.id, now=now)
        made = [
            *(mandate_id, now, principal.id, signed.agent_id, signed.agent_unit_code),
            *(items, rights),
            *(until, signed.basis, window.unit_code, by.id, signed.proof, signed.file_id),
        ]
        await within.execute_query(statements.GIVE_AT_WINDOW, made)
        mandate = await mandates.one(mandate_id)
        await _told(mandate, window, now)
        await _record(Act.GIVE_MANDATE, mandate, by=by, window=window)
    outbox.wake()
    return mandate


async def of_person(person_id: UUID, *, by: StaffActor) -> tuple[list[Mandate], list[Mandate]]:
    """Those that the person gave, and those that they hold; recorded before it is answered.

    WindowMissing, PersonNotFound.
    """
    window = posts.windows(by)[0]
    await persons.one(person_id)
    await audit.record(
        Act.LIST_MANDATES,
        by=by.acting,
        on=("person", person_id),
        resident=await mandates.account(person_id),
        details={"unit": window.unit_code, "role": window.role},
    )
    return await mandates.of_person(person_id)


async def photo(
    mandate_id: UUID, *, by: StaffActor, purpose: AccessPurpose | None = None
) -> StoredFile:
    """The photo of what was signed or shown; recorded before it is handed out.

    WindowMissing, MandateNotFound; MandatePurposeMissing for all windows but the one where it was
    made and those of the unit that it is given to; FileNotFound of one that was given by a code.
    """
    windows, mandate = posts.windows(by), await mandates.find(mandate_id)
    if mandate is None:
        raise MandateNotFound
    near = {unit.code for unit in (mandate.window, mandate.unit) if unit}
    window = next((post for post in windows if post.unit_code in near), windows[0])
    if purpose is None and window.unit_code not in near:
        raise MandatePurposeMissing
    found = await StoredFile.get_or_none(id=mandate.file_id) if mandate.file_id else None
    if found is None:
        raise FileNotFound
    await audit.record(
        Act.LINK_FILE,
        by=by.acting,
        # Of the mandate: so the principal reads in their accesses which window looked.
        on=("mandate", mandate_id),
        resident=await mandates.account(mandate.principal_id),
        purpose=purpose,
        details={"file": found.id, "unit": window.unit_code, "role": window.role},
    )
    return found


async def revoke(
    mandate_id: UUID, *, unit_code: str | None, by: StaffActor, now: datetime
) -> Mandate:
    """End it for one of its sides, who stands at the window; both are told.

    One that was revoked before stays as it is, and is shown. WindowMissing, WindowUnclear,
    MandateNotFound.
    """
    window = posts.window(by, unit_code)
    async with in_transaction() as within:
        rows = await within.execute_query_dict(statements.LOCK_ANY, [mandate_id])
        if not rows:
            raise MandateNotFound
        mandate = mandates.from_row(rows[0])
        if mandate.revoked_at is None:
            await within.execute_query(statements.REVOKE, [mandate_id, now, RevokedBy.WINDOW])
            over = mandate.state(now) is MandateState.EXPIRED
            for side in () if over else (mandate.principal_id, mandate.agent_id):
                name = window.unit_name
                await telling.tell("revoke_at_window", side, now=now, window=name)
        await _record(Act.REVOKE_MANDATE, mandate, by=by, window=window)
    outbox.wake()
    return await mandates.one(mandate_id)


async def _check_agent(agent_id: UUID, principal: Found, today: date) -> None:
    if agent_id == principal.id:
        raise MandateToOneself
    try:
        agent = await persons.one(agent_id)
    except PersonNotFound:
        raise PersonNotFound("没有找到代办人，请先查找或登记") from None
    checks.check_agent(agent.profile["id_number"], today=today)


def _until(signed: Signed, principal: Found, today: date) -> date:
    """Until when it holds: of a minor's guardian the day before they come of age at the latest."""
    number = principal.profile["id_number"]
    of_age = checks.birthday(number, checks.OF_AGE)
    minor = of_age > today
    if (signed.basis is Basis.GUARDIAN) != (signed.proof is not None):
        raise GuardianProofUnfit
    if signed.proof is not None and signed.proof not in PROOFS[minor]:
        raise GuardianProofUnfit
    if signed.basis is Basis.PAPER and checks.birthday(number, SIGNS) > today:
        raise MandateSignerUnderage
    if signed.basis is Basis.GUARDIAN and minor:
        last = of_age - timedelta(days=1)
        until = signed.until or last
        if not today <= until <= last:
            raise MandateUntilInvalid("未成年人的监护，截止日期应在今天以后、满18周岁以前")
        return until
    if signed.until is None:
        raise MandateUntilInvalid
    checks.check_until(signed.until, today=today)
    return signed.until


async def _told(mandate: Mandate, window: PostView, now: datetime) -> None:
    guards = mandate.basis is Basis.GUARDIAN
    given, held = ("ward", "guard") if guards else ("give", "hold")
    for action, side in ((given, mandate.principal_id), (held, mandate.agent_id)):
        name = window.unit_name
        await telling.tell(f"{action}_at_window", side, now=now, window=name)


async def _record(act: Act, mandate: Mandate, *, by: StaffActor, window: PostView) -> None:
    details: Mapping[str, object] = {
        "person": mandate.principal_id,
        "basis": mandate.basis,
        "unit": window.unit_code,
        "role": window.role,
    }
    await audit.record(
        act,
        by=by.acting,
        on=("mandate", mandate.id),
        resident=await mandates.account(mandate.principal_id),
        details=details,
    )
