"""What a case shows of its papers and of what is to be put right."""

from backend.cases.acts import notice
from backend.cases.acts.notice import Defect
from backend.cases.clock import limits
from backend.cases.reading import queries
from backend.cases.record import shown, times
from backend.http.views import cases
from models import CaseMaterial, Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, a_file, an_actor, staff


async def test_papers_stand_in_the_items_order_and_those_it_does_not_know_last(city: None) -> None:
    by = await an_actor()
    case, file = await a_case(by=by), await a_file(by)
    for code in ("of_another_version", "household_register", "id_card"):
        await CaseMaterial.create(case_id=case.id, code=code, file_id=file, created_at=NOW)

    papers = cases.materials(shown.of(await queries.one(case.id)))

    assert [(paper["code"], paper["name"]) for paper in papers] == [
        ("id_card", "居民身份证"),
        ("household_register", "居民户口簿"),
        ("of_another_version", "of_another_version"),
    ]
    assert {paper["file_id"] for paper in papers} == {str(file)}


async def test_a_notice_names_its_papers_and_fields_and_until_when(city: None) -> None:
    case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
    blurred = Defect(material_code="id_card", reason="照片模糊")
    unclear = Defect(field="income.monthly_total", reason="请写明每月收入")
    await notice.request_supplement(
        case.id,
        by=clerk,
        seen=1,
        now=NOW,
        defects=[blurred, unclear],
        note=None,
        override_reason=None,
    )

    asked = await queries.one(case.id)
    request = cases.supplement_request(shown.of(asked))

    assert request is not None
    assert request["defects"] == [
        {"material_code": "id_card", "name": "居民身份证", "reason": "照片模糊"},
        {"field": "income.monthly_total", "reason": "请写明每月收入"},
    ]
    due = limits.due_at(NOW, asked.item.supplement_days, limits.Unit.CALENDAR_DAY)
    assert (request["due_at"], request["at"]) == (due, times.city_text(NOW))
    assert cases.supplement_request(shown.of(case)) is None
