"""A case that a window filed for a person, who may have no account yet."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from tortoise.exceptions import BaseORMException

from backend.cases.acts import accept, withdraw
from backend.cases.reading import queries, scope
from backend.cases.record.snapshot import Snapshot
from backend.errors import Conflict, NotFound
from backend.http.views.cases import unit_view
from backend.identity import sessions, staff
from backend.identity.actors import ResidentActor, StaffActor
from backend.staff_api import case_actions, cases
from config import clock
from config.vault import sealed
from miniprogram_api.endpoints import cases as own_cases
from models import (
    Assurance,
    Audience,
    Case,
    CaseStatus,
    Message,
    Person,
    Resident,
    Role,
    uuid7,
)
from tests.accounts import an_account
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, an_actor, at_a_window
from tests.backend.cases.factories import staff as an_officer
from tests.backend.cases.test_submit import submit
from tests.serving import Served, served

NAME, NUMBER, PHONE = "王秀英", "11010519491231002X", "13800138000"


@dataclass
class Window:
    """A case filed by a clerk for a person whom nobody has an account of."""

    case: Snapshot
    clerk: StaffActor
    person: UUID

    async def account(self) -> ResidentActor:
        """One more account of the person."""
        made = await an_account(
            str(uuid7()),
            assurance=Assurance.REAL_NAME,
            person_id=self.person,
            community_id=COMMUNITY,
        )
        return ResidentActor(id=made.id, session_id=uuid7(), person_id=self.person)


@pytest.fixture
async def window(city: None) -> Window:
    filer, clerk = await an_actor(), await an_officer((COMMUNITY, Role.CLERK))
    assert filer.person_id
    case = await at_a_window(await a_case(by=filer), clerk)
    await Resident.filter(id=filer.id).update(person_id=None, assurance=Assurance.WECHAT)
    columns = {
        f"{name}_sealed": sealed.seal("person", filer.person_id, column=name, text=text)
        for name, text in (("name", NAME), ("id_number", NUMBER), ("phone", PHONE))
    }
    await Person.filter(id=filer.person_id).update(**columns, phone_hash="a phone")
    return Window(case, clerk, filer.person_id)


@pytest.fixture
async def api(window: Window) -> AsyncIterator[Served]:
    routes = [cases.routes, case_actions.routes, own_cases.routes]
    async with served(routes) as api:
        yield api


async def told(case: Snapshot) -> list[UUID]:
    """The accounts that heard of the case, in the order of the messages."""
    found = await Message.filter(case_id=case.id, recipient="resident").order_by("id")
    return [UUID(str(message.resident_id)) for message in found]  # type: ignore[attr-defined]


async def test_a_case_is_somebodys(window: Window) -> None:
    with pytest.raises(BaseORMException):
        await Case.filter(id=window.case.id).update(subject_id=None)


async def test_no_account_is_told_as_long_as_there_is_none(window: Window) -> None:
    await accept.accept(window.case.id, by=window.clerk, seen=1, now=NOW, note=None)

    assert (await queries.one(window.case.id)).status is CaseStatus.ACCEPTED
    assert await told(window.case) == []


async def test_all_accounts_of_the_person_are_told_and_act_on_it(window: Window) -> None:
    accounts = [await window.account(), await window.account()]
    stranger = await an_actor()

    await accept.accept(window.case.id, by=window.clerk, seen=1, now=NOW, note=None)

    assert await told(window.case) == [account.id for account in accounts]
    for account in accounts:
        listed = await queries.list_of_resident(account.id, status=None, before=None, limit=5)
        assert [case.id for case in listed] == [str(window.case.id)]
    with pytest.raises(NotFound):
        await withdraw.withdraw(window.case.id, by=stranger, now=NOW, reason=None)
    await withdraw.withdraw(window.case.id, by=accounts[1], now=NOW, reason=None)
    assert (await queries.one(window.case.id)).status is CaseStatus.WITHDRAWN


async def test_it_is_in_the_way_of_the_persons_own(window: Window) -> None:
    # Of what it is about, as it was asked for online.
    filed = UUID((await submit(await window.account())).decode())
    await at_a_window(await queries.one(filed), window.clerk)

    with pytest.raises(Conflict) as refused:
        await submit(await window.account())

    assert refused.value.code == "case_already_open"


async def test_staff_find_it_by_the_phone_the_person_gave(window: Window) -> None:
    found = await queries.list_of_scope(
        scope.of(window.clerk), queries.Filter(person_hash="a phone"), before=None, limit=5
    )

    assert [case.id for case in found] == [str(window.case.id)]


async def test_staff_are_shown_the_person_masked_and_where_it_came_in(
    api: Served, window: Window
) -> None:
    clerk = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    token = (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token

    heard = await api.ask("GET", f"/api/v1/staff/cases/{window.case.id}", token=token)

    assert heard.body["applicant"] == {
        "assurance": "real_name",
        "name_masked": "王*英",
        "phone_masked": "138******00",
        "id_number_masked": "1****************X",
    }
    assert heard.body["filed_by"] == "staff"
    assert heard.body["received_unit"] == unit_view(COMMUNITY)
    assert [moment["actor"] for moment in heard.body["timeline"]] == ["staff"]


async def test_the_person_is_shown_the_case_and_where_it_came_in(
    api: Served, window: Window
) -> None:
    account = await window.account()
    token = (await sessions.start(Audience.RESIDENT, account.id, now=clock.now())).access_token

    heard = await api.ask("GET", f"/api/v1/cases/{window.case.id}", token=token)

    assert (heard.status, heard.body["filed_by"]) == (200, "staff")
    assert heard.body["received_unit"] == unit_view(COMMUNITY)
    assert heard.body["form_no"] == 1


async def test_of_a_case_filed_online_no_window_is_named(api: Served, window: Window) -> None:
    by = await an_actor()
    case = await a_case(by=by)
    token = (await sessions.start(Audience.RESIDENT, by.id, now=clock.now())).access_token

    heard = await api.ask("GET", f"/api/v1/cases/{case.id}", token=token)

    assert (heard.body["filed_by"], heard.body["received_unit"]) == ("account", None)
