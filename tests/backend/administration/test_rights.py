"""Who may give which post where: every role, every role given, every place."""

from datetime import UTC, datetime

import pytest

from backend.administration import rights
from backend.identity.actors import PostView
from models import Role, UnitLevel

CITY, DISTRICT, STREET, COMMUNITY = "C", "C/D", "C/D/S", "C/D/S/M"
DEPARTMENT, NEIGHBOUR, ALIKE = "C/D/D-MZ", "C/D/T", "C/D/S2"
PLACES = (CITY, DISTRICT, STREET, COMMUNITY, DEPARTMENT, NEIGHBOUR, ALIKE)
WORKING = {Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR}
# Of an administrator of the street: an administrator only below, the others there and below.
MAY = {(role, place) for role in WORKING for place in (STREET, COMMUNITY)}
MAY |= {(Role.ADMIN, COMMUNITY)}


def a_post(role: Role, path: str) -> PostView:
    return PostView(
        role=role,
        unit_code=path.rpartition("/")[2],
        unit_name="某单位",
        level=UnitLevel.STREET,
        path=path,
        department_code=None,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("given", list(Role))
@pytest.mark.parametrize("giver", list(Role))
def test_a_post_is_given_by_who_stands_above_it_and_by_nobody_else(
    giver: Role, given: Role
) -> None:
    for place in PLACES:
        may = rights.may_give([a_post(giver, STREET)], given, place)
        assert may == (giver is Role.ADMIN and (given, place) in MAY), place


def test_several_posts_reach_as_far_as_each_and_none_reaches_nowhere() -> None:
    posts = [a_post(Role.ADMIN, COMMUNITY), a_post(Role.ADMIN, NEIGHBOUR)]
    assert [rights.may_give(posts, Role.CLERK, place) for place in PLACES] == [
        *(False, False, False, True, False, True, False)
    ]
    assert rights.administering([*posts, a_post(Role.CLERK, CITY)]) == [COMMUNITY, NEIGHBOUR]
    assert not rights.may_give([], Role.CLERK, COMMUNITY)
    assert not rights.within(COMMUNITY, [])
