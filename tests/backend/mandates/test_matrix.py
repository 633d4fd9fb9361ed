"""Every route that is asked for others × rights × mandates: by what the routes declare of it."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.http.spec import Spec
from backend.mandates import giving
from config import clock
from config.clock import city_day
from models import CaseMaterial, Right
from models import Mandate as Row
from tests.backend.appointments.factories import a_slot, an_office, book
from tests.backend.cases.factories import ITEM, a_file
from tests.backend.mandates.pairs import Pair, a_pair, body
from tests.backend.mandates.people import ALL, terms
from tests.contract.declared import PARAMETER, named, specs
from tests.serving import Heard, Served

OTHER = "SP-MZ-002"
FOR_ANOTHER = [spec for spec in specs() if spec.behalf]
BODIES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "submit_case": lambda item, _slot: body(item=item),
    "supplement_case": lambda _item, _slot: {},
    "withdraw_case": lambda _item, _slot: {},
    "confirm_case": lambda _item, _slot: {},
    "reopen_case": lambda _item, _slot: {"reason": "灯还没亮"},
    "issue_own_paper": lambda _item, _slot: {"kind": "receipt"},
    "book_appointment": lambda item, slot: {"slot_id": slot, "item_code": item},
    "cancel_appointment": lambda _item, _slot: {},
    "reschedule_appointment": lambda _item, slot: {"slot_id": slot},
}
"""What is sent with a POST, by the item it is about and a slot that is free."""

Ask = Callable[..., Awaitable[Heard]]


async def asking(api: Served, spec: Spec, pair: Pair) -> tuple[Ask, dict[str, str]]:
    """A call of the route under a mandate, and the ids of what is the principal's."""
    office = await an_office()
    mine = await a_slot(office, capacity=9)
    later = mine.starts_at + timedelta(days=1)
    free = str((await a_slot(office, capacity=9, starts_at=later)).id)
    visit = await book(mine.id, by=pair.principal, case_id=pair.case_id)
    paper = await a_file(pair.principal)
    await CaseMaterial.create(
        case_id=pair.case_id, code="id_card", file_id=paper, created_at=clock.now()
    )
    ids = {
        "case_id": str(pair.case_id),
        "appointment_id": str(visit.id),
        "file_id": str(paper),
    }
    missing = {*PARAMETER.findall(spec.path)} - ids.keys() - {"code"}
    assert not missing, f"say here what {missing} is"

    async def ask(mandate: UUID | str | None, *, item: str = ITEM) -> Heard:
        path = PARAMETER.sub(lambda found: (ids | {"code": item})[found[1]], spec.path)
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        headers |= {"On-Behalf-Of": str(mandate)} if mandate is not None else {}
        sent = BODIES[spec.name](item, free) if spec.method == "POST" else None
        return await api.ask(spec.method, path, sent, token=pair.token, **headers)

    return ask, ids


@pytest.mark.parametrize("spec", FOR_ANOTHER, ids=named)
async def test_a_route_is_open_to_its_right_of_these_items_while_the_mandate_holds(
    spec: Spec,
    api: Served,
) -> None:
    pair, foreign = await a_pair(), await a_pair()
    ask, ids = await asking(api, spec, pair)
    for missing in (uuid4(), foreign.mandate.id, "", "x", (await waiting(pair)).id):
        assert (await ask(missing)).code == "mandate_missing"
    for right in Right:
        heard = await ask((await pair.again(rights=[right])).id)
        if right is not spec.behalf:
            assert (heard.status, heard.code) == (403, "mandate_right_missing")
        elif spec.method == "GET":
            assert heard.status == 200
        else:
            assert heard.status in {200, 201, 409, 422}, heard
    await hides(ask, spec, pair, ids)
    await Row.filter(id=pair.mandate.id).update(until=city_day(clock.now()) - timedelta(days=1))
    assert (await ask(pair.mandate.id)).code == "mandate_expired"
    await giving.revoke(pair.mandate.id, by=pair.principal, now=clock.now())
    assert (await ask(pair.mandate.id)).code == "mandate_missing"


async def hides(ask: Ask, spec: Spec, pair: Pair, ids: dict[str, str]) -> None:
    """Nothing is shown or done of other items, of other principals, or without a mandate."""
    elsewhere = (await pair.again(items=[OTHER])).id
    if {*PARAMETER.findall(spec.path)} - {"code"}:
        for mandate in (elsewhere, await foreign_of(pair), None):
            heard = await ask(mandate)
            assert (heard.status, heard.code[-10:]) == (404, "_not_found"), heard
    elif spec.method == "POST" or "code" in PARAMETER.findall(spec.path):
        for mandate, item in ((elsewhere, ITEM), (pair.mandate.id, OTHER)):
            heard = await ask(mandate, item=item)
            assert (heard.status, heard.code) == (403, "mandate_not_for_item")
    else:
        for mandate in (elsewhere, await foreign_of(pair), None):
            heard = await ask(mandate)
            assert not [one for one in ids.values() if one in str(heard.body)]


async def waiting(pair: Pair) -> Any:
    """One that nobody has accepted yet."""
    given = terms(agent_phone=pair.phone, items=None, rights=ALL)
    mandate, _ = await giving.give(given, by=pair.principal, now=clock.now())
    return mandate


async def foreign_of(pair: Pair) -> UUID:
    """A mandate of another principal to the same agent, for all items."""
    other = await a_pair()
    made = Pair(other.principal, pair.agent, pair.phone, other.mandate, "", other.case_id)
    return (await made.again(items=None)).id
