"""The route of an item: who has a case in which order, and for how many days."""

import pytest

from backend.catalogue.loading import steps
from models import Role
from tests.backend.catalogue.examples import items


def test_the_steps_of_a_route_are_in_order_and_add_up() -> None:
    for code, item in items().items():
        route = item.fields["route"]

        assert [step["no"] for step in route] == list(range(1, len(route) + 1)), code
        assert [step["decides"] for step in route] == [False] * (len(route) - 1) + [True], code
        assert sum(step["days"] for step in route) == item.fields["promised_days"], code
        assert all(step["days"] >= 0 for step in route), code
        levels = [step["of"] for step in route]
        ordered = sorted(levels, key=["community", "street", "district", "city"].index)
        assert levels == ordered, code


def test_an_allowance_goes_from_community_over_street_to_department() -> None:
    route = items()["SP-MZ-001"].fields["route"]

    assert [(step["level"], step["role"], step["days"]) for step in route] == [
        ("community", Role.CLERK, 5),
        ("street", Role.REVIEWER, 9),
        ("department", Role.APPROVER, 11),
    ]
    assert route[-1]["joint_departments"] == ["CL", "RS", "FC"]


@pytest.mark.parametrize(("days", "shares"), [(0, [0, 0, 0]), (1, [0, 0, 1]), (25, [5, 9, 11])])
def test_days_are_shared_so_that_the_last_step_gets_what_is_scarce(
    days: int, shares: list[int]
) -> None:
    assert steps.split(days, 3) == shares


def test_what_is_done_on_the_spot_is_done_by_one_unit() -> None:
    spots = [item for item in items().values() if item.fields["case_type"] == "即办件"]

    assert len(spots) == 24
    assert {len(item.fields["route"]) for item in spots} == {1}


def test_the_federation_of_the_disabled_holds_a_step_of_its_subsidies() -> None:
    for code in ("SP-MZ-008", "SP-MZ-009"):
        route = items()[code].fields["route"]

        assert [(step["of"], step["department"], step["days"]) for step in route] == [
            ("community", None, 2),
            ("street", None, 8),
            ("district", "CL", 10),
            ("district", None, 5),
        ]
        assert route[2]["name"] == "残疾人联合会审核"
        assert (route[2]["role"], route[2]["decides"]) == (Role.APPROVER, False)
