"""A resident's papers are found again, with where each was used."""

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from backend.cases.record.snapshot import Snapshot
from backend.files import names, own, statements
from backend.identity.actors import ResidentActor
from models import Assurance, CaseMaterial, Resident, StoredFile
from tests.accounts import a_person
from tests.backend.cases.factories import NOW, a_case, a_file, an_actor
from tests.backend.cases.test_owners import another_account

pytestmark = pytest.mark.usefixtures("city")


async def used(by: ResidentActor, file: UUID, code: str = "id_card") -> Snapshot:
    case = await a_case(by=by)
    await CaseMaterial.create(case_id=case.id, code=code, file_id=file, created_at=NOW)
    return case


async def listed(
    by: ResidentActor,
    *,
    material: str | None = None,
    before: UUID | None = None,
    limit: int = 20,
) -> list[UUID]:
    found = await own.of_resident(by.id, material=material, before=before, limit=limit)
    return [paper.id for paper in found]


async def test_papers_come_newest_first_and_in_pages() -> None:
    wang, stranger = await an_actor(), await an_actor()
    newest_first = [await a_file(wang) for _ in range(4)][::-1]

    assert await listed(wang) == newest_first
    assert await listed(wang, limit=3) == newest_first[:3]
    assert await listed(wang, before=newest_first[2], limit=3) == newest_first[3:]
    assert await listed(stranger) == []


async def test_a_paper_says_where_it_was_used_and_what_it_is_called() -> None:
    wang = await an_actor()
    file, spare = await a_file(wang), await a_file(wang)
    await StoredFile.filter(id=file).update(name_sealed=names.sealed_name(file, "身份证.jpg"))
    case = await used(wang, file)

    unused, found = await own.of_resident(wang.id, material=None, before=None, limit=20)

    assert (unused.id, unused.uses) == (spare, [])
    assert (found.id, found.name, found.size) == (file, "身份证.jpg", 1)
    assert found.uses == [("id_card", case.item_code, case.item.name, case.id, case.number)]


async def test_a_material_leaves_only_what_was_handed_in_as_it() -> None:
    wang = await an_actor()
    card, book, _ = [await a_file(wang) for _ in range(3)]
    await used(wang, card)
    await used(ResidentActor(wang.id, wang.session_id, None), book, "household_register")

    assert await listed(wang, material="id_card") == [card]
    assert await listed(wang, material="household_register") == [book]
    assert await listed(wang, material="diploma") == []


async def test_all_accounts_of_a_person_see_what_was_handed_in_for_the_person() -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    paper, unused, kept = [await a_file(wang) for _ in range(3)]
    await StoredFile.filter(id=kept).update(resident_id=None, person_id=wang.person_id)
    case = await used(wang, paper)

    assert await listed(wang) == [kept, unused, paper]
    assert await listed(other) == [kept, paper]
    assert await listed(other, material="id_card") == [paper]
    assert await listed(stranger) == []
    found = await own.of_resident(other.id, material="id_card", before=None, limit=1)
    assert [use.number for use in found[0].uses] == [case.number]


async def test_what_an_account_did_before_it_was_known_stays_its_own() -> None:
    account = await an_actor(assurance=Assurance.PHONE)
    paper = await a_file(account)
    await used(account, paper)
    person = await a_person()
    known = {"assurance": Assurance.REAL_NAME, "person_id": person.id}
    await Resident.filter(id=account.id).update(**known)
    confirmed = ResidentActor(account.id, account.session_id, person.id)

    assert await listed(confirmed) == [paper]
    assert await listed(await another_account(confirmed)) == []


async def test_accounts_that_are_nobodys_see_only_their_own() -> None:
    one, other = [await an_actor(assurance=Assurance.WECHAT) for _ in range(2)]
    paper = await a_file(one)
    await used(one, paper)

    assert (await listed(one), await listed(other)) == ([paper], [])


async def test_the_list_is_answered_in_the_order_of_indexes() -> None:
    wang = await an_actor()
    async with in_transaction() as within:
        for way in ("seqscan", "bitmapscan", "sort"):
            await within.execute_query(f"SET LOCAL enable_{way} = off")
        rows = await within.execute_query_dict(
            f"EXPLAIN {statements.OWN}", [wang.id, None, None, 20]
        )
    plan = "\n".join(row["QUERY PLAN"] for row in rows)

    # The account's own and those of the person's other accounts.
    assert plan.count("Index Scan Backward using idx_stored_file_residen") == 2, plan
    assert "Seq Scan" not in plan
