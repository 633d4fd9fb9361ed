from dataclasses import replace

import pytest

from backend.cases.record import times
from backend.cases.record.snapshot import Event
from backend.cases.rules import flows, lifecycle, rights, texts
from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import FINAL, Action, By, Move
from backend.cases.rules.rights import Desk
from backend.identity.actors import PostView
from models import CaseStatus, Flow, Role, UnitLevel
from tests.backend.cases import golden
from tests.backend.cases.factories import NOW

HOLDER, WINDOW, ELSEWHERE = "210102001000", "210102001001", "210103005001"
STEP_ROLES = [Role.CLERK, Role.REVIEWER, Role.APPROVER]


def post(role: Role, unit: str = HOLDER) -> PostView:
    return PostView(
        role=role,
        unit_code=unit,
        unit_name="",
        level=UnitLevel.STREET,
        path=unit,
        department_code=None,
        since=NOW,
    )


def desk(step_role: Role, flow: Flow = Flow.APPROVAL) -> Desk:
    return Desk(
        flow=flow,
        holder_code=HOLDER,
        holder_path=HOLDER,
        window_code=WINDOW,
        step_role=step_role,
    )


def test_every_flow_with_cases_has_a_table_and_every_status_a_name() -> None:
    assert set(MOVES) == set(Flow) - {Flow.BOOKING}
    for flow in MOVES:
        assert set(MOVES[flow]) == set(CaseStatus)
        assert all(texts.status_text(flow, status) for status in CaseStatus)


@pytest.mark.parametrize("flow", MOVES)
@pytest.mark.parametrize(
    ("action", "after"),
    [(Action.CLOSE, CaseStatus.CLOSED), (Action.WITHDRAW, CaseStatus.WITHDRAWN)],
)
def test_a_reason_that_need_not_be_given_is_told_where_it_was(
    flow: Flow, action: Action, after: CaseStatus
) -> None:
    reasons = (None, " ", "已由家人代办")
    at = times.city_text(NOW)
    events = [Event(2, at, action, HOLDER, {"reason": reason}, after) for reason in reasons]

    without, blank, told = [texts.timeline_text(flow, event, "某社区") for event in events]

    assert "：" not in without
    assert blank == without
    assert told == f"{without}：已由家人代办"


@pytest.mark.parametrize("step_role", STEP_ROLES)
@pytest.mark.parametrize("step", golden.STEPS)
@pytest.mark.parametrize("flow", MOVES)
def test_who_may_do_what_is_as_agreed(flow: Flow, step: int, step_role: Role) -> None:
    for status in CaseStatus:
        for action in Action:
            move = flows.move(flow, status, action, step, len(golden.STEPS))
            agreed = golden.who(flow, status, action, at=(step, step_role))
            assert (move is None) == (agreed is None), (status, action)
            if move is None or agreed is None:
                continue
            where = desk(step_role, flow)
            may = {str(role) for role in Role if rights.may([post(role)], where, move)}
            others = {By.APPLICANT: {"applicant"}, By.RECEIVER: {"receiver"}}
            assert (may or others[move.by]) == agreed, (status, action)
            assert (move.by in others) == (not may)


def test_only_the_unit_that_a_transfer_is_open_to_answers_it() -> None:
    where = replace(desk(Role.CLERK), incoming_code=ELSEWHERE)
    for action, move in MOVES[Flow.APPROVAL][CaseStatus.ACCEPTED].items():
        may = {str(role) for role in Role if rights.may([post(role, ELSEWHERE)], where, move)}
        answers = action in {Action.HANDOVER, Action.REFUSE_HANDOVER}
        assert may == ({"clerk", "reviewer", "approver", "supervisor"} if answers else set())


@pytest.mark.parametrize("flow", MOVES)
def test_what_follows_is_as_agreed(flow: Flow) -> None:
    for status in CaseStatus:
        for action, move in MOVES[flow][status].items():
            after = set(move.after or golden.INTERRUPTED[flow])
            assert after == golden.follows(flow, status, action), action
        assert (status in FINAL) == (status in golden.ENDS)


@pytest.mark.parametrize("flow", MOVES)
def test_the_window_hands_out_results_and_closes_and_does_nothing_else(flow: Flow) -> None:
    for status, moves in MOVES[flow].items():
        for action, move in moves.items():
            at_window = desk(Role.CLERK, flow)
            may = {role for role in Role if rights.may([post(role, WINDOW)], at_window, move)}
            hands_out = action in {Action.DELIVER, Action.CLOSE}
            assert may == ({Role.CLERK} if hands_out else set()), (status, action)


@pytest.mark.parametrize(
    ("flow", "handing_out"),
    [
        (Flow.APPROVAL, {CaseStatus.APPROVED, CaseStatus.DENIED, CaseStatus.DELIVERED}),
        (Flow.REQUEST, {CaseStatus.DONE}),
        (Flow.ENROL, {CaseStatus.ENROLLED}),
    ],
)
def test_only_the_holder_and_for_results_the_window_take_part(
    flow: Flow, handing_out: set[CaseStatus]
) -> None:
    for status in CaseStatus:
        for unit, takes in [(HOLDER, True), (WINDOW, status in handing_out), (ELSEWHERE, False)]:
            held = [post(role, unit) for role in Role]
            where = desk(Role.CLERK, flow)
            assert rights.takes_part(held, where, status) == takes, (status, unit)


def test_a_move_leads_only_where_the_table_says() -> None:
    accept = Move(By.CLERK, frozenset({CaseStatus.ACCEPTED}))
    decide = MOVES[Flow.APPROVAL][CaseStatus.ACCEPTED][Action.DECIDE]

    assert lifecycle.target(accept, chosen=None, before=None) is CaseStatus.ACCEPTED
    for move, chosen, named in [
        (accept, CaseStatus.APPROVED, "approved"),
        (decide, CaseStatus.CLOSED, "closed"),
        (decide, None, "approved"),
    ]:
        with pytest.raises(ValueError, match=named):
            lifecycle.target(move, chosen=chosen, before=None)
