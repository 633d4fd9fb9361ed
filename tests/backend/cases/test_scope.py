from uuid import UUID

import pytest

from backend.cases.reading import queries, scope
from backend.cases.reading.queries import Filter
from backend.cases.reading.scope import Scope
from models import Case, CaseStatus, CaseTransfer, Role
from tests.backend.cases.factories import NOW, a_case, staff

COVERING = [
    ("210102001001", Role.CLERK),
    ("210102001000", Role.REVIEWER),
    ("210102000000", Role.SUPERVISOR),
    ("210102-MZ", Role.APPROVER),
]
FOREIGN = [
    ("210102001001", Role.ADMIN),
    ("210100000000", Role.ADMIN),
    ("210102001002", Role.CLERK),
    ("210102002000", Role.REVIEWER),
    ("210103000000", Role.SUPERVISOR),
    ("210103-MZ", Role.APPROVER),
    ("210102-CL", Role.APPROVER),
]


@pytest.mark.parametrize(
    ("post", "covered"), [(p, True) for p in COVERING] + [(p, False) for p in FOREIGN]
)
async def test_reading_one_and_listing_are_one_right(
    city: None,
    post: tuple[str, Role],
    covered: bool,  # noqa: FBT001 - a table's column
) -> None:
    case = await a_case(CaseStatus.ACCEPTED)
    seen = scope.of(await staff(post))

    listed = await queries.list_of_scope(seen, Filter(), before=None, limit=10)

    assert seen.covers(case) is covered
    assert [UUID(found.id) for found in listed] == ([case.id] if covered else [])


async def test_posts_that_overlap_list_each_case_once_and_in_order(city: None) -> None:
    cases = [await a_case(status) for status in (CaseStatus.CLOSED, CaseStatus.ACCEPTED)]
    seen = scope.of(await staff(*COVERING))

    listed = await queries.list_of_scope(seen, Filter(), before=None, limit=10)
    first = await queries.list_of_scope(seen, Filter(), before=None, limit=1)
    rest = await queries.list_of_scope(seen, Filter(), before=UUID(first[0].id), limit=10)

    assert [case.id for case in listed] == [str(case.id) for case in reversed(cases)]
    assert [case.id for case in first + rest] == [case.id for case in listed]


async def test_one_community_alone_is_listed_newest_first(city: None) -> None:
    cases = [await a_case(status) for status in (CaseStatus.CLOSED, CaseStatus.ACCEPTED)]
    place = cases[0].community_path
    seen = Scope(communities=frozenset({place}), paths=frozenset(), units=frozenset())

    listed = await queries.list_of_scope(seen, Filter(), before=None, limit=10)

    assert [case.id for case in listed] == [str(case.id) for case in reversed(cases)]


async def test_without_posts_nothing_is_seen(city: None) -> None:
    case = await a_case()
    seen = scope.of(await staff())

    assert not seen.covers(case)
    assert await queries.list_of_scope(seen, Filter(), before=None, limit=10) == []


async def test_what_was_taken_over_from_elsewhere_is_listed_above_who_has_it_now(
    city: None,
) -> None:
    case, other = await a_case(), await a_case()
    near, far = "210102001001", "210103005001"
    for taken, state, to in ((case, "accepted", far), (other, "refused", far)):
        await CaseTransfer.create(
            case_id=taken.id,
            from_unit_id=near,
            to_unit_id=to,
            sender_id=(await staff()).id,
            state=state,
            created_at=NOW,
            ended_at=NOW,
        )
    await Case.filter(id=case.id).update(holder_id=far)
    held = await queries.one(case.id)

    for unit, expected in (
        ("210103000000", [case.id]),
        ("210103005000", [case.id]),
        ("210103006000", []),
        ("210102000000", [other.id, case.id]),
        ("210100000000", [other.id, case.id]),
    ):
        seen = scope.of(await staff((unit, Role.SUPERVISOR)))
        listed = await queries.list_of_scope(seen, Filter(), before=None, limit=10)
        sought = await queries.list_of_scope(seen, Filter(number=case.number), before=None, limit=2)
        assert [UUID(each.id) for each in listed] == expected, unit
        assert len(sought) == (case.id in expected) == seen.covers(held)
    # It went on to its own place's next step.
    await Case.filter(id=case.id).update(holder_id="210102001000")
    seen = scope.of(await staff(("210103000000", Role.SUPERVISOR)))
    assert await queries.list_of_scope(seen, Filter(), before=None, limit=10) == []


async def test_filters_narrow_and_never_widen(city: None) -> None:
    mine, other = await a_case(), await a_case(CaseStatus.DECLINED)
    clerk = scope.of(await staff(("210102001001", Role.CLERK)))
    stranger = scope.of(await staff(("210103005001", Role.CLERK)))

    for wanted, found in [
        (Filter(status=CaseStatus.SUBMITTED), [mine.id]),
        (Filter(number=other.number), [other.id]),
        (Filter(item_code="SP-MZ-002"), []),
        (Filter(unit_code="210102001001", status=CaseStatus.DECLINED), [other.id]),
        (Filter(person_hash="0" * 64), []),
    ]:
        listed = await queries.list_of_scope(clerk, wanted, before=None, limit=10)
        assert [UUID(case.id) for case in listed] == found
        assert await queries.list_of_scope(stranger, wanted, before=None, limit=10) == []


async def test_the_access_log_names_first_the_post_that_a_case_is_seen_by(city: None) -> None:
    case = await a_case(CaseStatus.ACCEPTED)
    own = [f"{unit}:{role}" for unit, role in COVERING]
    foreign = [f"{unit}:{role}" for unit, role in FOREIGN if role is not Role.ADMIN]
    several = await staff(*(each for each in FOREIGN if each[1] is not Role.ADMIN), *COVERING)

    named = scope.acting(several, case).posts

    near = [own[0], own[3]]  # who has the case, and whose item it is, before those above
    assert set(named[:2]) == set(near)
    assert set(named[2:4]) == {*own} - {*near}
    assert set(named[4:]) == set(foreign)
