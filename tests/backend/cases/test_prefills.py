"""What a resident answered and handed in before is offered again, to them alone."""

from typing import Any
from uuid import UUID

import pytest

from backend.cases.reading import prefills
from backend.cases.reading.prefills import Known
from backend.catalogue.refusals import ItemNotFound
from backend.identity.actors import ResidentActor
from models import Case, CaseForm, CaseMaterial, CaseStatus, StoredFile, Verdict
from tests.backend.cases import factories
from tests.backend.cases.factories import FORM, ITEM, NOW, a_case, a_file, an_actor
from tests.backend.cases.test_owners import another_account
from tests.backend.catalogue.examples import items, version

pytestmark = pytest.mark.usefixtures("city")
BANK = "6217000000000000001"
# Over all items; some 320 papers must be uploaded by somebody of whom nothing is known.
MOST_UPLOADS = 100


async def known(by: ResidentActor, item: str = ITEM) -> Known:
    return await prefills.of_resident(item, by.id)


async def an_earlier_case(
    by: ResidentActor, code: str = "id_card", *, file: UUID | None = None, **values: Any
) -> UUID:
    case = await a_case(CaseStatus.CLOSED, by=by)
    paper = file or await a_file(by)
    await CaseMaterial.create(case_id=case.id, code=code, file_id=paper, created_at=NOW, **values)
    return paper


def number(found: Known) -> Any:
    return found.answers.form.get("bank_account", {}).get("number")


async def test_all_accounts_of_a_person_are_offered_what_was_given_and_nobody_else() -> None:
    wang, stranger = await an_actor(), await an_actor()
    paper = await an_earlier_case(wang)

    for by in (wang, await another_account(wang)):
        found = await known(by)
        assert number(found) == BANK
        assert [(file.material_code, file.file_id) for file in found.papers] == [("id_card", paper)]
    nothing = await known(stranger)
    assert (number(nothing), nothing.papers) == (None, [])


async def test_who_has_handed_in_each_paper_that_serves_again_has_few_left_to_upload() -> None:
    wang = await an_actor()
    papers = [
        (code, paper["code"], paper["reusable"])
        for code in items()
        for paper in version(code).materials
        if paper["required"]
    ]
    case, file = await a_case(CaseStatus.CLOSED, by=wang), await a_file(wang)
    await CaseMaterial.bulk_create(
        CaseMaterial(case_id=case.id, code=code, file_id=file, created_at=NOW)
        for code in {code for _, code, reusable in papers if reusable}
    )

    offered = {
        (code, paper.material_code)
        for code in {code for code, _, _ in papers}
        for paper in (await known(wang, code)).papers
    }

    left = [paper for code, paper, _ in papers if (code, paper) not in offered]
    assert len(left) <= MOST_UPLOADS, (len(left), len(papers))


async def test_of_papers_the_last_that_was_not_rejected_counts_if_it_serves_again() -> None:
    wang = await an_actor()
    await an_earlier_case(wang)
    last = await an_earlier_case(wang)
    await an_earlier_case(wang, verdict=Verdict.REJECTED)
    await an_earlier_case(wang, superseded_at=NOW)
    await an_earlier_case(wang, "economic_check_authorisation")

    found = await known(wang)

    assert [(file.file_id, file.item_code) for file in found.papers] == [(last, ITEM)]


async def test_what_was_filled_in_for_somebody_else_offers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(FORM, "agent", {"relation": "child"})
    wang = await an_actor()
    await an_earlier_case(wang)

    found = await known(wang)

    assert (number(found), found.papers) == (None, [])


async def test_only_the_newest_cases_are_looked_at() -> None:
    wang = await an_actor()
    await an_earlier_case(wang)
    for _ in range(prefills.EARLIER):
        case = await a_case(CaseStatus.WITHDRAWN, by=wang)
    assert await CaseForm.filter(case_id=case.id).exists()

    assert (await known(wang)).papers == []
    assert await Case.filter(resident_id=wang.id).count() == prefills.EARLIER + 1


async def test_of_an_item_that_there_is_not_nothing_is_known() -> None:
    with pytest.raises(ItemNotFound):
        await known(await an_actor(), "SP-XX-999")


async def test_a_paper_that_staff_scanned_is_not_offered() -> None:
    wang = await an_actor()
    scanned = await a_file(wang)
    clerk = await factories.staff()
    await StoredFile.filter(id=scanned).update(resident_id=None, staff_id=clerk.id)
    await an_earlier_case(wang, file=scanned)

    assert (await known(wang)).papers == []
