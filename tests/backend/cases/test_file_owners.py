"""Whose a file is decides who hands it in, and who opens it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import BaseORMException

from backend.cases.acts import notice, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries as cases
from backend.errors import Invalid, NotFound
from backend.files import operations, queries
from backend.files.owners import Kind, Owner
from backend.files.refusals import FileQuotaExceeded
from backend.identity.actors import ResidentActor
from config import clock
from models import Assurance, CaseMaterial, Role, Staff, StoredFile
from tests.accounts import a_person, an_account
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, a_file, an_actor, staff
from tests.backend.cases.test_owners import another_account
from tests.backend.cases.test_submit import papers, submit
from tests.backend.files.pictures import PDF, a_pdf

RIVALS = 8
pytestmark = pytest.mark.usefixtures("city")


async def an_owner(kind: Kind) -> Owner:
    """Somebody new."""
    match kind:
        case "resident":
            return Owner(kind, (await an_account()).id)
        case "person":
            return Owner(kind, (await a_person()).id)
    return Owner(kind, (await Staff.create(name_sealed=b"", created_at=NOW)).id)


async def uploaded(owner: Owner, content: bytes = PDF) -> UUID:
    stored = await operations.upload(owner, name="a.pdf", content=content, now=clock.now())
    return stored.id


async def of_person(by: ResidentActor) -> list[tuple[str, UUID]]:
    """Papers that a window keeps for the resident's person."""
    assert by.person_id
    file = await a_file(by)
    await StoredFile.filter(id=file).update(resident_id=None, person_id=by.person_id)
    return [(code, file) for code, _ in await papers(by)]


async def opens(by: ResidentActor, file_id: UUID) -> bool:
    try:
        return (await queries.of_resident(file_id, by.id)).id == file_id
    except NotFound:
        return False


@pytest.mark.parametrize("owners", [{"person_id": None}, {"staff_id": "somebody"}])
async def test_a_file_has_one_owner(owners: dict[str, Any]) -> None:
    file = await a_file(await an_actor())
    if "staff_id" in owners:
        owners = {"staff_id": (await an_owner("staff")).id}
    else:
        owners["resident_id"] = None

    with pytest.raises(BaseORMException):
        await StoredFile.filter(id=file).update(**owners)


@pytest.mark.parametrize("kind", ["resident", "person", "staff"])
async def test_each_kind_of_owner_has_a_quota_that_rivals_cannot_pass(kind: Kind) -> None:
    owner, other = await an_owner(kind), await an_owner(kind)
    file = await uploaded(owner)
    assert await uploaded(owner) == file != await uploaded(other)
    # Room for one more.
    await StoredFile.filter(id=file).update(size=owner.most_bytes - 1_000_000)

    sent = await asyncio.gather(
        *(uploaded(owner, a_pdf(900_000 + number)) for number in range(RIVALS)),
        return_exceptions=True,
    )

    refused = [one for one in sent if not isinstance(one, UUID)]
    assert len(refused) == RIVALS - 1
    assert all(isinstance(one, FileQuotaExceeded) for one in refused), refused


async def test_a_paper_of_a_case_opens_for_all_accounts_of_its_person() -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    case, paper, replaced, spare = await a_case(by=wang), *[await a_file(wang) for _ in range(3)]
    for file, until in ((paper, None), (replaced, NOW)):
        await CaseMaterial.create(
            case_id=case.id, code="id_card", file_id=file, created_at=NOW, superseded_at=until
        )

    assert [await opens(wang, file) for file in (paper, replaced, spare)] == [True, True, True]
    assert [await opens(other, file) for file in (paper, replaced, spare)] == [True, True, False]
    assert not any([await opens(stranger, file) for file in (paper, replaced, spare)])


async def test_what_nobody_was_proven_to_be_opens_for_nobody_else() -> None:
    one, other = [await an_actor(assurance=Assurance.PHONE) for _ in range(2)]
    case, paper = await a_case(by=one), await a_file(one)
    await CaseMaterial.create(case_id=case.id, code="id_card", file_id=paper, created_at=NOW)

    assert (await opens(one, paper), await opens(other, paper)) == (True, False)


async def test_a_paper_that_staff_scanned_opens_for_whose_case_it_is() -> None:
    wang, clerk = await an_actor(), await an_owner("staff")
    case, scanned = await a_case(by=wang), await uploaded(clerk)
    assert not await opens(wang, scanned)
    await CaseMaterial.create(case_id=case.id, code="id_card", file_id=scanned, created_at=NOW)

    assert await opens(wang, scanned)
    assert await opens(await another_account(wang), scanned)


async def test_what_is_kept_for_a_person_is_handed_in_by_any_account_of_theirs() -> None:
    wang, stranger = await an_actor(), await an_actor()
    kept = await of_person(wang)
    assert await opens(wang, kept[0][1])

    with pytest.raises(Invalid) as refused:
        await submit(stranger, materials=kept)
    other = await another_account(wang)
    answer = await submit(other, materials=kept, community_code=COMMUNITY)
    case_id = UUID(answer.decode())

    assert refused.value.code == "file_unknown"
    assert {paper.file_id for paper in (await cases.one(case_id)).materials} == {str(kept[0][1])}


async def test_a_supplement_takes_the_files_of_its_account_and_its_person_only() -> None:
    wang, stranger = await an_actor(), await an_actor()
    case_id = UUID((await submit(wang)).decode())
    await notice.request_supplement(
        case_id,
        by=await staff((COMMUNITY, Role.CLERK)),
        seen=1,
        now=NOW,
        defects=[Defect(material_code="id_card", reason="照片模糊")],
        note=None,
        override_reason=None,
    )
    other = await another_account(wang)

    async def answer(file: UUID) -> None:
        materials = [("id_card", file)]
        await supplement.supplement(case_id, by=other, now=NOW, form=None, materials=materials)

    for foreign in (await a_file(stranger), (await of_person(stranger))[0][1]):
        with pytest.raises(Invalid) as refused:
            await answer(foreign)
        assert refused.value.code == "file_unknown"
    await answer((await of_person(wang))[0][1])


async def test_a_paper_of_one_account_is_handed_in_by_another_of_its_person() -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    materials = await papers(wang)

    with pytest.raises(Invalid) as refused:
        await submit(stranger, materials=materials)
    case_id = UUID((await submit(other, materials=materials, community_code=COMMUNITY)).decode())

    assert refused.value.code == "file_unknown"
    handed_in = {paper.file_id for paper in (await cases.one(case_id)).materials}
    assert handed_in == {str(file) for _, file in materials}
