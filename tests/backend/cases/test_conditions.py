"""The conditions of an item, where an application or the answer to a notice is handed in."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import notice, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.catalogue.refusals import ConditionUnmet
from backend.errors import Invalid
from backend.identity.actors import ResidentActor
from models import Case, CaseStatus, ItemVersion, Role, VersionStatus
from tests.accounts import a_person
from tests.backend.cases.factories import (
    COMMUNITY,
    ITEM,
    NOW,
    a_case,
    a_file,
    an_actor,
    an_item,
    staff,
)
from tests.backend.cases.test_submit import submit

ALLOWANCE: dict[str, Any] = {
    "bank_account": {"bank": "盛京银行", "number": "6217000000000000001"},
    "declaration": {"truthful": True},
}
DAY_CARE: dict[str, Any] = {
    "elder": {"living": "alone", "ability": "partial"},
    "emergency_contact": {"name": "李强", "phone": "13800138000"},
    "days": "half",
    "from": "2026-04-01",
}
CONFIRMED: dict[str, Any] = {"veteran": {"category": "martyr_family"}, "alive_confirmed": True}


async def of_age(born: date = date(1946, 3, 9)) -> ResidentActor:
    """Somebody who is eighty on the day, or born when it is said."""
    return await an_actor(person=await a_person(born=born))


async def allowance(by: ResidentActor) -> dict[str, Any]:
    """What is handed in for the allowance from eighty years."""
    codes = ("id_card", "household_register", "bank_card")
    file_id = await a_file(by)
    papers = [(code, file_id) for code in codes]
    return {"item_code": "SP-MZ-010", "form": ALLOWANCE, "materials": papers}


async def asked(case_id: UUID, defect: Defect) -> None:
    """The community's clerk asks for this."""
    await notice.request_supplement(
        case_id,
        by=await staff((COMMUNITY, Role.CLERK)),
        seen=1,
        now=NOW,
        defects=[defect],
        note=None,
        override_reason=None,
    )


@pytest.mark.parametrize("born", [date(1979, 3, 1), date(1946, 3, 10)])
async def test_an_allowance_from_eighty_years_is_not_filed_before(city: None, born: date) -> None:
    by = await of_age(born)

    with pytest.raises(ConditionUnmet) as refused:
        await submit(by, **await allowance(by))

    assert refused.value.detail == "不符合办理条件：年满80周岁（为他人办理的，请填写代办人）"
    assert [each.name for each in refused.value.invalid_params] == ["form.applicant.id_number"]
    assert await Case.all().count() == 0


async def test_an_allowance_from_eighty_years_is_filed_on_the_birthday(city: None) -> None:
    by = await of_age()

    case_id = await submit(by, **await allowance(by))

    assert (await Case.get(id=case_id.decode())).status is CaseStatus.SUBMITTED


async def test_a_form_that_answers_a_notice_fulfils_the_conditions_too(city: None) -> None:
    by = await of_age()
    papers = [("id_card", await a_file(by))]
    given: dict[str, Any] = {"item_code": "FW-MZ-004", "form": DAY_CARE, "materials": papers}
    case_id = UUID((await submit(by, **given)).decode())
    await asked(case_id, Defect(field="elder.ability", reason="请核对自理情况"))
    worse = DAY_CARE | {"elder": {"living": "alone", "ability": "dependent"}}

    with pytest.raises(ConditionUnmet) as refused:
        await supplement.supplement(case_id, by=by, now=NOW, form=worse, materials=[])
    assert refused.value.detail == "不符合办理条件：生活能自理或部分自理"

    await supplement.supplement(case_id, by=by, now=NOW, form=DAY_CARE, materials=[])
    assert (await queries.one(case_id)).status is CaseStatus.SUBMITTED


async def test_an_answer_after_the_season_is_of_the_day_of_the_application(city: None) -> None:
    by = await of_age()
    file_id = await a_file(by)
    papers = [(code, file_id) for code in ("id_card", "preferential_certificate")]
    given: dict[str, Any] = {"item_code": "FW-TY-004", "form": CONFIRMED, "materials": papers}
    case_id = UUID((await submit(by, **given)).decode())
    await asked(case_id, Defect(field="alive_confirmed", reason="请本人确认"))
    july = datetime(2026, 7, 6, 2, 0, tzinfo=UTC)

    await supplement.supplement(case_id, by=by, now=july, form=CONFIRMED, materials=[])

    assert (await queries.one(case_id)).status is CaseStatus.SUBMITTED


async def test_papers_alone_must_be_those_that_the_form_of_before_asks_for(city: None) -> None:
    by = await an_actor()
    version = await ItemVersion.get(item_id=ITEM, status=VersionStatus.PUBLISHED)
    when = {"id_card": None, "household_register": "household"}
    papers = [
        paper | {"required": when[paper["code"]] is None, "required_when": when[paper["code"]]}
        for paper in version.materials
        if paper["code"] in when
    ]
    case = await a_case(by=by, item_code=await an_item(ITEM, materials=papers))
    await asked(case.id, Defect(material_code="id_card", reason="照片模糊"))
    given = [("id_card", await a_file(by))]

    with pytest.raises(Invalid) as refused:
        await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=given)
    assert [each.name for each in refused.value.invalid_params] == ["materials.household_register"]
    given.append(("household_register", await a_file(by)))
    await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=given)

    assert (await queries.one(case.id)).status is CaseStatus.SUBMITTED
