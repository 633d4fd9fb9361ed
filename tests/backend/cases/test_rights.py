"""Who may do what with a case, post by post: of the holder, above it, at the window, elsewhere."""

from dataclasses import replace

import pytest

from backend.cases.rules import flows, rights
from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import Action, By, Move, Where
from backend.cases.rules.rights import Desk
from backend.identity.actors import PostView
from models import CaseStatus, Flow, Role, UnitLevel
from tests.backend.cases.factories import NOW

CITY, DISTRICT, STREET, SIBLING = "2101", "2101/02", "2101/02/03", "2101/02/04"
HOLDER, WINDOW, RECEIVED, INCOMING = "210102003", "210102003001", "210103005001", "210104000"
S = CaseStatus
DESK = Desk(
    flow=Flow.APPROVAL,
    holder_code=HOLDER,
    holder_path=STREET,
    window_code=WINDOW,
    step_role=Role.REVIEWER,
    received_code=RECEIVED,
    incoming_code=INCOMING,
)


def post(role: Role, unit: str = HOLDER, path: str = STREET) -> PostView:
    return PostView(
        role=role,
        unit_code=unit,
        unit_name="",
        level=UnitLevel.STREET,
        path=path,
        department_code=None,
        since=NOW,
    )


def roles(by: By, unit: str, path: str = "elsewhere", desk: Desk = DESK) -> set[str]:
    """Who of this unit may make such a move."""
    move = Move(by, None)
    return {str(role) for role in Role if rights.may([post(role, unit, path)], desk, move)}


DESKS = {"clerk", "reviewer", "approver"}


@pytest.mark.parametrize(
    ("by", "holder", "window", "received", "incoming", "above"),
    [
        (By.APPLICANT, set(), set(), set(), set(), set()),
        (By.STEP_ROLE, {"reviewer"}, set(), set(), set(), set()),
        (By.CLERK, {"clerk"}, set(), set(), set(), set()),
        (By.COLLEAGUE, {*DESKS, "supervisor"}, set(), set(), set(), set()),
        (By.WINDOW, DESKS, {"clerk"}, set(), set(), set()),
        (By.COUNTER, DESKS, {"clerk"}, {"clerk"}, set(), set()),
        (By.SUPERVISOR, {"supervisor"}, set(), set(), set(), {"supervisor"}),
        (By.HOLDER, {*DESKS, "supervisor"}, set(), set(), set(), {"supervisor"}),
        (By.RECEIVER, set(), set(), set(), {*DESKS, "supervisor"}, set()),
    ],
)
def test_each_kind_of_move_is_made_by_its_own(  # noqa: PLR0917 - a table
    by: By,
    holder: set[str],
    window: set[str],
    received: set[str],
    incoming: set[str],
    above: set[str],
) -> None:
    assert roles(by, HOLDER, STREET) == holder
    assert roles(by, WINDOW) == window
    assert roles(by, RECEIVED) == received
    assert roles(by, INCOMING) == incoming
    assert roles(by, "210102000", DISTRICT) == above
    assert roles(by, "210100000", CITY) == above
    assert roles(by, "210102004", SIBLING) == set()


def test_a_unit_whose_path_only_begins_alike_is_not_above() -> None:
    assert roles(By.SUPERVISOR, "2101020", "2101/0") == set()
    assert roles(By.SUPERVISOR, "x", f"{STREET}/001") == set()


def test_without_a_transfer_or_a_window_that_filed_nobody_is_taken_for_it() -> None:
    bare = replace(DESK, received_code=None, incoming_code=None)

    assert roles(By.RECEIVER, INCOMING, desk=bare) == set()
    assert roles(By.COUNTER, RECEIVED, desk=bare) == set()
    assert roles(By.COUNTER, WINDOW, desk=bare) == {"clerk"}


def test_one_post_of_several_is_enough_and_none_is_not() -> None:
    move = Move(By.CLERK, None)
    held = [post(Role.ADMIN), post(Role.CLERK, "elsewhere", "x"), post(Role.CLERK)]

    assert rights.may(held, DESK, move)
    assert not rights.may(held[:2], DESK, move)
    assert not rights.may([], DESK, move)


@pytest.mark.parametrize(
    ("role", "unit", "path", "expected"),
    [
        (Role.SUPERVISOR, HOLDER, STREET, True),
        (Role.SUPERVISOR, "210102000", DISTRICT, True),
        (Role.SUPERVISOR, "210102004", SIBLING, False),
        (Role.APPROVER, HOLDER, STREET, False),
        (Role.ADMIN, "210102000", DISTRICT, False),
    ],
)
def test_a_supervisor_is_one_of_the_holder_or_above(
    role: Role, unit: str, path: str, *, expected: bool
) -> None:
    assert rights.supervises([post(role, unit, path)], DESK) is expected
    assert not rights.supervises([], DESK)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([], True),
        ([RECEIVED], True),
        ([RECEIVED, "elsewhere"], True),
        ([RECEIVED, WINDOW], False),
        ([HOLDER], False),
        ([WINDOW], False),
    ],
)
def test_who_only_filed_it_has_a_part_at_the_counter_alone(
    units: list[str], *, expected: bool
) -> None:
    held = [post(Role.CLERK, unit, "x") for unit in units]
    assert rights.only_at_counter(held, DESK) is expected


@pytest.mark.parametrize(
    ("status", "accepted", "holder", "window"),
    [
        (S.SUBMITTED, False, {"clerk"}, set()),
        (S.SUPPLEMENT_REQUESTED, False, {"clerk"}, set()),
        (S.ACCEPTED, True, {"reviewer"}, set()),
        (S.UNDER_REVIEW, True, {"reviewer"}, set()),
        (S.APPROVED, True, DESKS, {"clerk"}),
        (S.DENIED, True, DESKS, {"clerk"}),
        (S.DONE, True, DESKS, {"clerk"}),
        (S.ENROLLED, True, DESKS, {"clerk"}),
        (S.DELIVERED, True, DESKS, {"clerk"}),
        (S.CLOSED, True, {"reviewer"}, set()),
    ],
)
def test_what_is_masked_is_revealed_to_who_works_on_it_now(
    status: CaseStatus, holder: set[str], window: set[str], *, accepted: bool
) -> None:
    for unit, expected in (
        (HOLDER, holder),
        (WINDOW, window),
        (RECEIVED, set()),
        (INCOMING, set()),
    ):
        may = {
            str(role)
            for role in Role
            if rights.may_reveal([post(role, unit)], DESK, status, accepted=accepted)
        }
        assert may == expected, unit


def test_one_post_of_several_is_enough_to_be_shown_what_is_masked() -> None:
    held = [post(Role.CLERK, RECEIVED, "x"), post(Role.REVIEWER), post(Role.ADMIN)]

    assert rights.may_reveal(held, DESK, S.ACCEPTED, accepted=True)
    assert not rights.may_reveal(held[::2], DESK, S.ACCEPTED, accepted=True)
    assert not rights.may_reveal([], DESK, S.APPROVED, accepted=True)


@pytest.mark.parametrize(
    ("status", "at", "working"),
    [
        (S.SUBMITTED, (1, 3), {"clerk"}),
        (S.ACCEPTED, (1, 3), {"reviewer"}),
        (S.UNDER_REVIEW, (3, 3), {"reviewer"}),
        (S.APPROVED, (3, 3), DESKS),
        (S.DELIVERED, (3, 3), DESKS),
        (S.SUPPLEMENT_REQUESTED, (1, 3), set()),
        (S.CLOSED, (3, 3), set()),
        (S.WITHDRAWN, (1, 3), set()),
    ],
)
def test_who_may_bring_a_case_on_works_on_it_and_who_only_notes_or_sends_it_does_not(
    status: CaseStatus, at: tuple[int, int], working: set[str]
) -> None:
    found = {str(role) for role in Role if rights.works_on([post(role)], DESK, status, at)}
    assert found == working
    # A supervisor above notes, assigns and transfers; the unit that it comes to takes it.
    assert not rights.works_on([post(Role.SUPERVISOR, "x", DISTRICT)], DESK, status, at)
    assert not rights.works_on([post(Role.CLERK, INCOMING, "x")], DESK, status, at)


@pytest.mark.parametrize(
    ("status", "unit", "takes_part"),
    [
        (S.APPROVED, WINDOW, True),
        (S.APPROVED, RECEIVED, True),
        (S.DELIVERED, WINDOW, True),
        (S.DELIVERED, RECEIVED, False),
        (S.SUBMITTED, WINDOW, False),
        (S.SUBMITTED, HOLDER, True),
        (S.SUBMITTED, INCOMING, False),
        (S.DRAFT, HOLDER, True),
    ],
)
def test_a_unit_takes_part_in_what_its_moves_are_there_for(
    status: CaseStatus, unit: str, *, takes_part: bool
) -> None:
    assert rights.takes_part([post(Role.ADMIN, unit, "x")], DESK, status) is takes_part
    assert not rights.takes_part([], DESK, status)


def test_the_window_that_filed_for_somebody_takes_part_where_results_go_out_over_the_counter() -> (
    None
):
    at_counter = {
        (flow, status)
        for flow, moves in MOVES.items()
        for status, found in moves.items()
        if By.COUNTER in {move.by for move in found.values()}
    }
    assert at_counter
    for flow, status in at_counter:
        desk = replace(DESK, flow=flow)
        for unit in (RECEIVED, WINDOW):
            assert rights.takes_part([post(Role.CLERK, unit, "x")], desk, status)
        assert not rights.takes_part(
            [post(Role.CLERK, RECEIVED, "x")], replace(desk, received_code=None), status
        )


@pytest.mark.parametrize(
    ("where", "first", "middle", "last", "only"),
    [
        (Where.ANY, True, True, True, True),
        (Where.BEFORE_LAST, True, True, False, False),
        (Where.AFTER_FIRST, False, True, True, False),
        (Where.LAST, False, False, True, True),
    ],
)
def test_a_move_is_made_at_its_steps(
    where: Where, *, first: bool, middle: bool, last: bool, only: bool
) -> None:
    move = Move(By.CLERK, None, where)
    assert [move.fits(*at) for at in ((1, 3), (2, 3), (3, 3), (1, 1))] == [
        first,
        middle,
        last,
        only,
    ]


def test_an_action_of_the_table_is_found_only_in_its_status_and_at_its_step() -> None:
    assert flows.move(Flow.APPROVAL, S.SUBMITTED, Action.ACCEPT, 1, 3) is not None
    assert flows.move(Flow.APPROVAL, S.ACCEPTED, Action.ACCEPT, 1, 3) is None
    assert flows.move(Flow.ENROL, S.SUBMITTED, Action.ENROL, 1, 3) is None
    assert flows.move(Flow.ENROL, S.SUBMITTED, Action.ENROL, 1, 1) is not None
