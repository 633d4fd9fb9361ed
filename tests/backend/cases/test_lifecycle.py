import pytest

from backend.cases.rules import lifecycle, rights, texts
from backend.cases.rules.lifecycle import FINAL, MOVES, Action, By, Move
from backend.cases.rules.rights import Desk
from backend.identity.actors import PostView
from models import CaseStatus, Role, UnitLevel
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


def desk(step_role: Role) -> Desk:
    return Desk(holder_code=HOLDER, window_code=WINDOW, step_role=step_role)


def test_every_status_is_in_the_table_and_has_a_name() -> None:
    assert set(MOVES) == set(CaseStatus)
    assert set(texts.STATUS) == set(CaseStatus)


@pytest.mark.parametrize("step_role", STEP_ROLES)
@pytest.mark.parametrize("step", golden.STEPS)
@pytest.mark.parametrize("status", CaseStatus)
def test_who_may_do_what_is_as_agreed(status: CaseStatus, step: int, step_role: Role) -> None:
    for action in Action:
        move = lifecycle.move(status, action, step=step, steps=len(golden.STEPS))
        agreed = golden.who(status, action, step=step, step_role=step_role)
        assert (move is None) == (agreed is None), action
        if move is None or agreed is None:
            continue
        may = {str(role) for role in Role if rights.may([post(role)], desk(step_role), move)}
        assert (may or {"applicant"}) == agreed, action
        assert (move.by is By.APPLICANT) == (agreed == {"applicant"})


@pytest.mark.parametrize("status", CaseStatus)
def test_what_follows_is_as_agreed(status: CaseStatus) -> None:
    for action, move in MOVES[status].items():
        assert set(move.after or golden.INTERRUPTED) == golden.follows(status, action), action
    assert (status in FINAL) == (status in golden.ENDS)


def test_the_window_hands_out_results_and_closes_and_does_nothing_else() -> None:
    for status, moves in MOVES.items():
        for action, move in moves.items():
            may = {
                role for role in Role if rights.may([post(role, WINDOW)], desk(Role.CLERK), move)
            }
            hands_out = action in {Action.DELIVER, Action.CLOSE}
            assert may == ({Role.CLERK} if hands_out else set()), (status, action)


@pytest.mark.parametrize("status", CaseStatus)
def test_only_the_holder_and_for_results_the_window_take_part(status: CaseStatus) -> None:
    handing_out = status in {CaseStatus.APPROVED, CaseStatus.DENIED, CaseStatus.DELIVERED}

    for unit, takes in [(HOLDER, True), (WINDOW, handing_out), (ELSEWHERE, False)]:
        held = [post(role, unit) for role in Role]
        assert rights.takes_part(held, desk(Role.CLERK), status) == takes, unit


def test_a_move_leads_only_where_the_table_says() -> None:
    accept, decide = Move(By.CLERK, frozenset({CaseStatus.ACCEPTED})), MOVES[CaseStatus.ACCEPTED]

    assert lifecycle.target(accept, chosen=None, before=None) is CaseStatus.ACCEPTED
    for move, chosen, named in [
        (accept, CaseStatus.APPROVED, "approved"),
        (decide[Action.DECIDE], CaseStatus.CLOSED, "closed"),
        (decide[Action.DECIDE], None, "approved"),
    ]:
        with pytest.raises(ValueError, match=named):
            lifecycle.target(move, chosen=chosen, before=None)
