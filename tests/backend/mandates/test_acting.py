"""An agent does and sees just what the mandate covers, and nothing once it has ended."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from backend.cases.acts import submit, withdraw
from backend.cases.acts.submit import Application
from backend.cases.reading import accesses
from backend.errors import ServiceError
from backend.http.routes import Spec
from backend.identity import sessions
from backend.identity.actors import ResidentActor, StaffActor
from backend.mandates import giving
from backend.mandates.mandates import Mandate
from backend.window import filing
from config import clock
from config.clock import city_day
from config.database import connection
from miniprogram_api import server
from models import Audience, Case, ConsentKind, Message, Right, Role, StoredFile
from models import Mandate as Row
from tests import stage
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, a_case, a_file, an_actor, staff
from tests.backend.mandates.people import ALL, a_mandate, with_phone
from tests.contract.declared import named, specs
from tests.serving import Heard, Served, served
from tests.waiting import held_up

CASES, OTHER = "/api/v1/cases", "SP-MZ-002"
PAPERS = ("id_card", "household_register", "economic_check_authorisation")
RIVALS = 8
FOR_ANOTHER = [spec for spec in specs() if spec.behalf]
NEEDED = {
    "submit_case": Right.SUBMIT,
    "list_cases": Right.READ,
    "get_case": Right.READ,
    "prefill_item": Right.FILL,
}


@dataclass
class Pair:
    """A principal with a case of an item, and the agent with a mandate for that item."""

    principal: ResidentActor
    agent: ResidentActor
    phone: str
    mandate: Mandate
    token: str
    case_id: UUID

    async def again(self, **changes: Any) -> Mandate:
        """One more mandate of the same two."""
        return await a_mandate(self.principal, self.agent, self.phone, **changes)


async def a_pair(**changes: Any) -> Pair:
    principal, (agent, phone) = await an_actor(), await with_phone()
    mandate = await a_mandate(principal, agent, phone, **changes)
    case = await a_case(by=principal)
    granted = await sessions.start(Audience.RESIDENT, agent.id, now=clock.now())
    return Pair(principal, agent, phone, mandate, granted.access_token, case.id)


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api


def body(agent_file: UUID | None = None, item: str = ITEM) -> dict[str, Any]:
    papers = [{"material_code": code, "file_id": str(agent_file)} for code in PAPERS]
    return {"item_code": item, "form": FORM, "materials": papers if agent_file else []}


async def ask(
    api: Served, spec: Spec, pair: Pair, mandate: UUID | str, *, item: str = ITEM
) -> Heard:
    path = spec.path.replace("<case_id:uuid>", str(pair.case_id)).replace("<code:str>", item)
    headers = {"On-Behalf-Of": str(mandate), "Idempotency-Key": secrets.token_hex(8)}
    sent = body(item=item) if spec.method == "POST" else None
    return await api.ask(spec.method, path, sent, token=pair.token, **headers)


@pytest.mark.parametrize("spec", FOR_ANOTHER, ids=named)
async def test_a_route_is_open_to_its_right_while_the_mandate_holds(
    spec: Spec, api: Served
) -> None:
    pair, foreign = await a_pair(), await a_pair()
    needed = NEEDED[spec.name]
    for right in Right:
        alone = await pair.again(rights=[right])
        heard = await ask(api, spec, pair, alone.id)
        expected = {422, 409} if spec.method == "POST" else {200}
        if right is needed:
            assert heard.status in expected, heard
        else:
            assert (heard.status, heard.code) == (403, "mandate_right_missing")
    for missing in (uuid4(), foreign.mandate.id, "", "x"):
        assert (await ask(api, spec, pair, missing)).code == "mandate_missing"
    waiting, _ = await giving.give(
        giving.Terms(agent_phone=pair.phone, items=None, rights=ALL, until=city_day(clock.now())),
        by=pair.principal,
        now=clock.now(),
    )
    assert (await ask(api, spec, pair, waiting.id)).code == "mandate_missing"
    if spec.name in {"submit_case", "prefill_item"}:
        other = await ask(api, spec, pair, pair.mandate.id, item=OTHER)
        assert (other.status, other.code) == (403, "mandate_not_for_item")
    yesterday = city_day(clock.now()) - timedelta(days=1)
    await Row.filter(id=pair.mandate.id).update(until=yesterday)
    assert (await ask(api, spec, pair, pair.mandate.id)).code == "mandate_expired"
    await giving.revoke(pair.mandate.id, by=pair.principal, now=clock.now())
    assert (await ask(api, spec, pair, pair.mandate.id)).code == "mandate_missing"


async def test_an_agent_sees_the_principals_cases_of_these_items_and_is_written_down(
    api: Served,
) -> None:
    pair = await a_pair(items=[OTHER])
    hers = await a_case(by=pair.principal, item_code=OTHER)
    own = await a_case(by=pair.agent, item_code=OTHER)
    headers = {"On-Behalf-Of": str(pair.mandate.id)}

    listed = await api.ask("GET", CASES, token=pair.token, **headers)
    shown = await api.ask("GET", f"{CASES}/{hers.id}", token=pair.token, **headers)

    assert [each["id"] for each in listed.body["items"]] == [str(hers.id)]
    assert (shown.body["query_code"], shown.body["actions"]) == ("", [])
    for hidden in (pair.case_id, own.id):
        heard = await api.ask("GET", f"{CASES}/{hidden}", token=pair.token, **headers)
        assert heard.code == "case_not_found"
    # Without the mandate they are nobody's business.
    heard = await api.ask("GET", f"{CASES}/{hers.id}", token=pair.token)
    assert heard.code == "case_not_found"
    rows = await connection().execute_query_dict(
        "SELECT actor_id, resident_id, details FROM access_log WHERE action = 'act_for'"
        " AND object_id = $1 ORDER BY seq",
        [str(pair.mandate.id)],
    )
    assert [row["details"] for row in rows] == [
        '{"on": null, "did": "list_cases"}',
        f'{{"on": "{hers.id}", "did": "open_case"}}',
    ]
    assert {(row["actor_id"], row["resident_id"]) for row in rows} == {
        (pair.agent.id, pair.principal.id)
    }
    looks = await accesses.of_resident(pair.principal.id, before=None, limit=5)
    assert [(look.did, look.mandate_id, look.unit_code) for look in looks] == [
        ("open_case", pair.mandate.id, None),
        ("list_cases", pair.mandate.id, None),
    ]
    assert await accesses.of_resident(pair.agent.id, before=None, limit=5) == []


async def test_what_an_agent_files_is_the_principals_who_is_told(api: Served) -> None:
    pair = await a_pair(items=[ITEM], rights=[Right.SUBMIT])
    await give_up(pair)
    file_id = await a_file(pair.agent)
    headers = {"On-Behalf-Of": str(pair.mandate.id), "Idempotency-Key": "k"}
    sent = body(file_id)

    filed = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    again = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    own = await api.ask("POST", CASES, sent, token=pair.token, **{"Idempotency-Key": "k"})

    assert filed.status == 201, filed.body
    assert again.body == filed.body
    assert own.code == "idempotency_key_reused"
    # Without a right to be shown what is known, they are shown what they gave.
    assert (filed.body["query_code"], filed.body["form"]) == ("", FORM)
    case, file = await Case.get(id=filed.body["id"]), await StoredFile.get(id=file_id)
    hers = pair.principal.person_id
    assert (case.resident_id, case.subject_id, case.filed_by_id) == (None, hers, pair.agent.id)
    assert (file.resident_id, file.person_id) == (None, hers)
    told = await Message.get(case_id=case.id, kind="case.submit_by_agent")
    assert told.resident_id == pair.principal.id  # type: ignore[attr-defined]
    granted = await sessions.start(Audience.RESIDENT, pair.principal.id, now=clock.now())
    seen = await api.ask("GET", f"{CASES}/{case.id}", token=granted.access_token)
    assert seen.body["timeline"][0]["text"].startswith("您授权的代办人已代您提交")
    assert seen.body["query_code"]
    await giving.revoke(pair.mandate.id, by=pair.principal, now=clock.now())
    gone = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    assert gone.code == "mandate_missing"


async def test_what_begins_while_a_mandate_is_revoked_is_not_done(city: None) -> None:
    pair = await a_pair()
    await give_up(pair)
    papers = [await a_file(pair.agent) for _ in range(RIVALS)]
    before = await Case.all().count()
    async with stage.owner() as revoking, asyncio.TaskGroup() as group, revoking.transaction():
        await revoking.execute(
            "UPDATE mandate SET revoked_at = now(), revoked_by = 'principal' WHERE id = $1",
            pair.mandate.id,
        )
        begun = [group.create_task(file_for(pair, paper)) for paper in papers]
        await held_up(revoking)

    assert {each.result() for each in begun} == {"mandate_missing"}
    assert await Case.all().count() == before


async def test_of_elder_daughter_and_worker_one_files(city: None) -> None:
    pair, clerk = await a_pair(), await staff((COMMUNITY, Role.CLERK))
    await give_up(pair)
    hers = [await a_file(pair.principal) for _ in range(3)]
    lent = [await a_file(pair.agent) for _ in range(3)]
    scanned = await a_file(pair.principal)
    person = pair.principal.person_id or uuid4()
    await StoredFile.filter(id=scanned).update(resident_id=None, person_id=person)

    ended = await asyncio.gather(
        *(file_for(pair, paper) for paper in lent),
        *(filed_by(pair.principal, paper) for paper in hers),
        *(at_a_window(clerk, person, scanned) for _ in range(3)),
    )

    assert len(await Case.filter(subject_id=person, status="submitted")) == 1
    assert ended.count("case_already_open") == len(ended) - 1


async def test_an_agent_hands_in_no_file_of_others_nor_one_used_before(city: None) -> None:
    pair, stranger = await a_pair(), await an_actor()
    await give_up(pair)
    used = await a_file(pair.agent)
    await filed_by(pair.agent, used)

    for paper in (await a_file(stranger), used):
        assert await file_for(pair, paper) == "file_unknown"


async def give_up(pair: Pair) -> None:
    """The principal withdraws the case that is open."""
    await withdraw.withdraw(pair.case_id, by=pair.principal, now=clock.now(), reason=None)


def application(paper: UUID) -> Application:
    return Application(item_code=ITEM, form=FORM, materials=[(code, paper) for code in PAPERS])


async def became(filing_it: Coroutine[Any, Any, object]) -> str:
    """The case, or the code why not."""
    try:
        return str(await filing_it)
    except ServiceError as refusal:
        return refusal.code


async def file_for(pair: Pair, paper: UUID) -> str:
    return await became(
        submit.submit_for(
            application(paper),
            pair.mandate.id,
            by=pair.agent,
            now=clock.now(),
            once=None,
            render=lambda case, _: str(case.id).encode(),
        )
    )


async def filed_by(resident: ResidentActor, paper: UUID) -> str:
    return await became(
        submit.submit(
            application(paper),
            resident_id=resident.id,
            now=clock.now(),
            once=None,
            render=lambda case: str(case.id).encode(),
        )
    )


async def at_a_window(clerk: StaffActor, person: UUID, paper: UUID) -> str:
    async def filed() -> UUID:
        async with in_transaction():
            return await filing.file(
                application(paper),
                person_id=person,
                consent=filing.Consent(kind=ConsentKind.ORAL),
                by=clerk,
                now=clock.now(),
            )

    return await became(filed())
