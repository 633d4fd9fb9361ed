"""Mandates are given, accepted by their code alone, and ended by either side."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.consistency import people as checks
from backend.erasure import beginning, carrying_out
from backend.errors import ServiceError
from backend.identity.actors import ResidentActor
from backend.mandates import codes, giving, mandates
from backend.mandates.checks import MOST
from backend.mandates.mandates import MandateState
from config import clock
from config.clock import city_day
from config.database import connection
from models import Assurance, Mandate, Message, Resident, RevokedBy
from tests.accounts import a_person, openid_of
from tests.backend.cases.factories import COMMUNITY, ITEM, an_actor
from tests.backend.mandates.people import a_mandate, terms, with_phone

WRONG = {"000000": "000001"}


async def refused(asked: Any) -> str:
    with pytest.raises(ServiceError) as refusal:
        await asked
    return refusal.value.code


async def log() -> list[tuple[str, UUID, str]]:
    rows = await connection().execute_query_dict("SELECT * FROM access_log ORDER BY seq")
    return [(row["action"], row["actor_id"], row["object_id"]) for row in rows]


async def told(kind: str) -> list[UUID]:
    return [message.resident_id for message in await Message.filter(kind=kind)]  # type: ignore[attr-defined]


async def test_a_mandate_begins_with_its_code_and_ends_when_either_side_says(city: None) -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    now = clock.now()
    waiting, code = await giving.give(terms(agent_phone=phone), by=principal, now=now)

    held = await giving.accept(code or "", by=agent, now=now)
    again = await giving.accept(code or "", by=agent, now=now)

    assert waiting.state(now) is MandateState.WAITING
    assert waiting.state(now + codes.LASTS) is MandateState.EXPIRED
    assert (held.id, held.agent_id, held.state(now)) == (
        waiting.id,
        agent.person_id,
        MandateState.ACTIVE,
    )
    assert held.state(now + timedelta(days=31)) is MandateState.EXPIRED
    assert again == held
    assert code
    assert code not in str((await Mandate.all().values())[0])
    assert await told("mandate.accept") == [principal.id]
    ended = await giving.revoke(held.id, by=agent, now=now)
    assert (await giving.revoke(held.id, by=principal, now=now)) == ended
    assert ended.state(now) is MandateState.REVOKED
    assert (await Mandate.get()).revoked_by is RevokedBy.AGENT
    assert await told("mandate.revoke") == [principal.id]
    assert await log() == [
        ("give_mandate", principal.id, str(held.id)),
        ("accept_mandate", agent.id, str(held.id)),
        ("revoke_mandate", agent.id, str(held.id)),
    ]
    given, _ = await mandates.of_person(principal.person_id)
    _, mine = await mandates.of_person(agent.person_id)
    assert [given, mine] == [[ended], [ended]]
    assert await mandates.of_person(None) == ([], [])
    # What is over already ends for nobody.
    over = await a_mandate(principal, agent, phone)
    await giving.revoke(over.id, by=principal, now=now + timedelta(days=31))
    assert await told("mandate.revoke") == [principal.id]


async def test_a_code_is_of_no_use_to_others_nor_guessed_nor_later(city: None) -> None:
    principal, (agent, phone), (other, _) = await an_actor(), await with_phone(), await with_phone()
    now = clock.now()
    waiting, code = await giving.give(terms(agent_phone=phone), by=principal, now=now)
    assert code
    wrong = WRONG.get(code, "000000")

    assert await refused(giving.accept(code, by=other, now=now)) == "mandate_code_refused"
    late = now + codes.LASTS
    assert await refused(giving.accept(code, by=agent, now=late)) == "mandate_code_refused"
    assert await refused(giving.revoke(waiting.id, by=other, now=now)) == "mandate_not_found"
    # Rivals, of whom none has a try more than there are.
    tried = [refused(giving.accept(wrong, by=agent, now=now)) for _ in range(8)]
    assert {*await asyncio.gather(*tried)} == {"mandate_code_refused"}
    assert (await Mandate.get()).tries == codes.TRIES
    assert await refused(giving.accept(code, by=agent, now=now)) == "mandate_code_refused"
    # The principal gives another, and the first is void.
    anew, code = await giving.give(terms(agent_phone=phone), by=principal, now=now)
    assert (await giving.accept(code or "", by=agent, now=now)).id == anew.id
    assert (await Mandate.get(id=waiting.id)).revoked_by is RevokedBy.REPLACED


async def test_of_rivals_who_give_to_one_phone_one_waits_and_accepts_once(city: None) -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    now = clock.now()
    given = await asyncio.gather(
        *(giving.give(terms(agent_phone=phone), by=principal, now=now) for _ in range(8))
    )
    [waits] = await Mandate.filter(revoked_at=None)
    [code] = [code for mandate, code in given if mandate.id == waits.id]

    held = await asyncio.gather(*(giving.accept(code or "", by=agent, now=now) for _ in range(8)))

    assert {each.id for each in held} == {waits.id}
    assert await told("mandate.accept") == [principal.id]
    assert [act for act, *_ in await log()].count("accept_mandate") == 1


async def test_a_unit_needs_no_code_and_has_one_mandate_of_a_person(city: None) -> None:
    principal, now = await an_actor(), clock.now()
    first, code = await giving.give(terms(unit_code=COMMUNITY), by=principal, now=now)
    second, _ = await giving.give(terms(unit_code=COMMUNITY, items=None), by=principal, now=now)

    assert code is None
    assert (second.unit and second.unit.code, second.items) == (COMMUNITY, None)
    assert second.state(now) is MandateState.ACTIVE
    assert (await mandates.one(first.id)).state(now) is MandateState.REVOKED


async def test_what_cannot_be_a_mandate_is_refused_and_nothing_is_kept(city: None) -> None:
    (principal, own), (_, phone) = await with_phone(), await with_phone()
    now, today = clock.now(), city_day(clock.now())
    table: list[tuple[str, dict[str, Any]]] = [
        ("mandate_agent_unclear", {}),
        ("mandate_agent_unclear", {"agent_phone": phone, "unit_code": COMMUNITY}),
        ("mandate_unit_unknown", {"unit_code": "210102001999"}),
        ("mandate_item_unknown", {"agent_phone": phone, "items": [ITEM, "XX-YY-001"]}),
        ("mandate_until_invalid", {"agent_phone": phone, "until": today - timedelta(days=1)}),
        ("mandate_until_invalid", {"agent_phone": phone, "until": today + timedelta(days=367)}),
        ("mandate_to_oneself", {"agent_phone": own}),
    ]
    for code, wrong in table:
        assert await refused(giving.give(terms(**wrong), by=principal, now=now)) == code
    unproven = await an_actor(assurance=Assurance.PHONE)
    asked = giving.give(terms(agent_phone=phone), by=unproven, now=now)
    assert await refused(asked) == "assurance_too_low"
    assert await refused(giving.accept("123456", by=unproven, now=now)) == "assurance_too_low"
    assert await refused(giving.accept("123456", by=await an_actor(), now=now)) == (
        "assurance_too_low"
    )
    assert not await Mandate.exists()
    for number in range(MOST):
        await giving.give(terms(agent_phone=f"138{number:08}"), by=principal, now=now)
    asked = giving.give(terms(agent_phone=phone), by=principal, now=now)
    assert await refused(asked) == "too_many_mandates"


async def test_a_code_that_comes_back_to_its_principal_is_refused(city: None) -> None:
    (principal, _), (agent, phone) = await with_phone(), await with_phone()
    _, code = await giving.give(terms(agent_phone=phone), by=principal, now=clock.now())
    # The number has become the principal's since.
    await Resident.filter(id=agent.id).update(person_id=principal.person_id)
    mine = ResidentActor(id=agent.id, session_id=agent.session_id, person_id=principal.person_id)

    assert await refused(giving.accept(code or "", by=mine, now=clock.now())) == (
        "mandate_to_oneself"
    )


async def test_who_is_no_adult_does_not_become_an_agent(city: None) -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    child = await a_person(born=city_day(clock.now()) - timedelta(days=366 * 17))
    await Resident.filter(id=agent.id).update(person_id=child.id)
    young = ResidentActor(id=agent.id, session_id=agent.session_id, person_id=child.id)
    _, code = await giving.give(terms(agent_phone=phone), by=principal, now=clock.now())

    assert await refused(giving.accept(code or "", by=young, now=clock.now())) == (
        "mandate_agent_underage"
    )


@pytest.mark.parametrize("leaves", ["principal", "agent"])
async def test_a_mandate_goes_with_the_last_account_of_either_side(leaves: str, city: None) -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    await a_mandate(principal, agent, phone)
    who = await Resident.get(id=principal.id if leaves == "principal" else agent.id)

    await beginning.begin(openid_of(who), at=clock.now(), cause="x", now=clock.now())
    await carrying_out.carry_out(now=clock.now())

    assert not await Mandate.exists()
    assert {check.name for check in checks.CHECKS} >= {"mandate_sound"}
