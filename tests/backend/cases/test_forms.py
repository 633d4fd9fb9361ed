import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import BaseORMException

from backend.cases.acts import notice, supplement, withdraw
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.cases.record import form_history
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import ApplicantChanged
from backend.errors import Conflict
from backend.identity import sessions
from backend.identity import staff as accounts
from backend.identity.actors import ResidentActor, StaffActor
from backend.staff_api import cases
from config import clock
from config.database import connection
from models import AccessRecord, Audience, CaseForm, CaseMaterial, CaseStatus, Role
from sandbox.actors import id_number
from tests.backend.cases.factories import (
    COMMUNITY,
    ELSEWHERE,
    FORM,
    NOW,
    a_case,
    a_file,
    an_actor,
    staff,
)
from tests.backend.cases.test_submit import submit
from tests.serving import Served, served

RIVALS = 8
UNCLEAR = Defect(field="income.monthly_total", reason="请写明每月收入")


async def asked(by: ResidentActor) -> tuple[Snapshot, StaffActor]:
    """A case whose applicant is to put its form right, and who said so."""
    case, clerk = await a_case(by=by), await staff((COMMUNITY, Role.CLERK))
    for code in ("id_card", "household_register", "economic_check_authorisation"):
        paper = await a_file(by)
        await CaseMaterial.create(case_id=case.id, code=code, file_id=paper, created_at=NOW)
    await ask(case, clerk)
    return case, clerk


async def ask(case: Snapshot, clerk: StaffActor, *more: Defect) -> None:
    """Have the form put right, once more if need be."""
    await notice.request_supplement(
        case.id,
        by=clerk,
        seen=(await queries.one(case.id)).version,
        now=NOW,
        defects=[UNCLEAR, *more],
        note=None,
        override_reason="again",
    )


def earning(amount: int, **more: Any) -> dict[str, Any]:
    form = deepcopy(FORM) | more
    form["income"]["monthly_total"] = amount
    return form


async def test_the_form_as_submitted_is_the_first(city: None) -> None:
    by = await an_actor()

    case_id = UUID((await submit(by)).decode())

    form = await CaseForm.get()
    assert (form.case_id, form.no, form.actor, form.actor_id) == (case_id, 1, "resident", by.id)  # type: ignore[attr-defined]
    assert form.created_at == NOW
    case = await queries.one_of_resident(case_id, by.id)
    assert (case.form_no, case.form) == (1, (await form_history.of_case(case_id))[0].form)


async def test_each_form_of_a_supplement_is_the_next_and_none_is_lost(city: None) -> None:
    by = await an_actor()
    case, clerk = await asked(by)
    first = case.form
    for turn, amount in enumerate((700, 800), 1):
        later = NOW + timedelta(days=turn)
        form = earning(amount)
        await supplement.supplement(case.id, by=by, now=later, form=form, materials=[])
        if turn == 1:
            await ask(case, clerk)

    kept = await form_history.of_case(case.id)
    assert [(form.no, form.at) for form in kept] == [
        (1, NOW), (2, NOW + timedelta(days=1)), (3, NOW + timedelta(days=2))
    ]  # fmt: skip
    assert kept[0].form == first
    assert [form.form["income"]["monthly_total"] for form in kept] == [600, 700, 800]
    read = await queries.one(case.id)
    assert (read.form_no, read.form) == (3, kept[2].form)


async def test_papers_alone_bring_no_form(city: None) -> None:
    by = await an_actor()
    case = await a_case(by=by)
    for code in ("household_register", "economic_check_authorisation"):
        paper = await a_file(by)
        await CaseMaterial.create(case_id=case.id, code=code, file_id=paper, created_at=NOW)
    await notice.request_supplement(
        case.id,
        by=await staff((COMMUNITY, Role.CLERK)),
        seen=1,
        now=NOW,
        defects=[Defect(material_code="id_card", reason="照片模糊")],
        note=None,
        override_reason=None,
    )

    papers = [("id_card", await a_file(by))]
    await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=papers)

    assert [form.no for form in await form_history.of_case(case.id)] == [1]
    assert (await queries.one(case.id)).status is CaseStatus.SUBMITTED


async def test_of_rivals_who_put_the_form_right_one_adds_a_number(city: None) -> None:
    by = await an_actor()
    case, _ = await asked(by)

    done = await asyncio.gather(
        *(
            supplement.supplement(case.id, by=by, now=NOW, form=earning(700 + n), materials=[])
            for n in range(RIVALS)
        ),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in done) == ["ActionNotAllowed"] * (RIVALS - 1) + [
        "NoneType"
    ]
    assert all(one is None or isinstance(one, Conflict) for one in done)
    assert [form.no for form in await form_history.of_case(case.id)] == [1, 2]


@pytest.mark.parametrize("change", ["UPDATE case_form SET no = 2", "DELETE FROM case_form"])
async def test_a_form_that_was_handed_in_stays_as_it_is(city: None, change: str) -> None:
    await a_case()

    with pytest.raises(BaseORMException):
        await connection().execute_query(change)

    assert (await CaseForm.get()).no == 1


def test_what_changed_is_named_as_in_a_faulty_form() -> None:
    members = [{"name": "李强", "relation": "son", "income": 0}]
    form = earning(700, household={"members": members}, reason=FORM["reason"])
    del form["household_registration"]
    assert form_history.changed(FORM, form) == [
        "household.members.0",
        "income.monthly_total",
        "household_registration",
    ]
    grown = deepcopy(form)
    grown["household"]["members"][0]["income"] = 5
    assert form_history.changed(form, grown) == ["household.members.0.income"]
    assert form_history.changed(form, form) == []


async def hand_in_for(  # noqa: PLR0917 - which case, who, and for whom
    case: Snapshot, by: ResidentActor, letter: UUID, name: str, number: str
) -> None:
    """Answer with a form of an agent's, for the person of this name and number."""
    about = FORM["applicant"] | {"name": name, "id_number": number}
    account = FORM["bank_account"] | {"holder": name}
    agent = {"phone": "13900000006", "relation": "child"}
    form = earning(700, applicant=about, agent=agent, bank_account=account)
    papers = [("power_of_attorney", letter)]
    await supplement.supplement(case.id, by=by, now=NOW, form=form, materials=papers)


async def test_a_supplement_leaves_the_case_about_whom_it_was(city: None) -> None:
    by = await an_actor()
    case, clerk = await asked(by)
    letter = await a_file(by)

    async def hand_in(name: str, number: str) -> None:
        await hand_in_for(case, by, letter, name, number)

    mine, other = (id_number(born=date(year, 3, 7)) for year in (1949, 1990))
    await hand_in("李秀兰", mine)
    await ask(case, clerk)
    for name, number in (("李秀兰", other), ("李秀蓝", mine)):
        with pytest.raises(ApplicantChanged):
            await hand_in(name, number)
    await hand_in("李秀兰", mine)
    # A typo that the notice names may be put right.
    await ask(case, clerk, Defect(field="applicant.name", reason="与身份证不符"))
    await hand_in("李秀蓝", mine)


async def test_who_decides_sees_that_the_same_person_has_another_open_case(city: None) -> None:
    elder, daughter = await an_actor(), await an_actor()
    hers = await queries.one(UUID((await submit(elder)).decode()))
    assert hers.form
    assert await queries.open_of_the_same(hers) == 0
    case, _ = await asked(daughter)
    number = hers.form["applicant"]["id_number"]
    await hand_in_for(case, daughter, await a_file(daughter), "王秀英", number)

    for each in (hers, await queries.one(case.id)):
        assert await queries.open_of_the_same(each) == 1

    await withdraw.withdraw(hers.id, by=elder, now=NOW, reason=None)
    assert await queries.open_of_the_same(await queries.one(case.id)) == 0


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([cases.routes]) as api:
        yield api


async def a_token(unit: str) -> str:
    clerk = await accounts.create("李四", posts=[(unit, Role.CLERK)], now=clock.now())
    return (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token


async def test_staff_see_every_form_masked_and_what_changed_and_it_is_recorded(
    api: Served,
) -> None:
    by = await an_actor()
    case, clerk = await asked(by)
    await supplement.supplement(case.id, by=by, now=NOW, form=FORM, materials=[])
    await ask(case, clerk)
    account = {"bank": "盛京银行", "number": "6217000000000000999"}
    form = earning(700, bank_account=account)
    await supplement.supplement(case.id, by=by, now=NOW, form=form, materials=[])
    token = await a_token(COMMUNITY)

    heard = await api.ask("GET", f"/api/v1/staff/cases/{case.id}/forms", token=token)
    whole = await api.ask("GET", f"/api/v1/staff/cases/{case.id}", token=token)

    first, second, third = heard.body["items"]
    assert (first["no"], first["changed"]) == (1, [])
    # What the profile filled in.
    assert "applicant.id_number" in second["changed"]
    assert (third["no"], third["changed"]) == (3, ["income.monthly_total", "bank_account.number"])
    assert second["form"]["bank_account"]["number"].endswith("*0001")
    assert third["form"]["bank_account"]["number"].endswith("*0999")
    assert "*" in third["form"]["applicant"]["id_number"]
    assert (whole.body["form_no"], whole.body["form"]) == (3, third["form"])
    rows = (
        await AccessRecord.filter(action="open_case")
        .order_by("seq")
        .values_list("object_id", "resident_id", "details")
    )
    assert rows == [
        (str(case.id), by.id, {"forms": [1, 2, 3]}),
        (str(case.id), by.id, {}),
    ]


async def test_staff_of_another_unit_see_no_form(api: Served) -> None:
    case = await a_case()

    heard = await api.ask(
        "GET", f"/api/v1/staff/cases/{case.id}/forms", token=await a_token(ELSEWHERE)
    )

    assert (heard.status, heard.body["code"]) == (404, "case_not_found")
