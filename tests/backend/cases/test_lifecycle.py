import pytest

from backend.cases.rules import lifecycle, texts
from backend.cases.rules.lifecycle import FINAL, MOVES, Action, By, Where
from models import CaseStatus, Role


def test_every_status_is_in_the_table_and_has_a_name() -> None:
    assert set(MOVES) == set(CaseStatus)
    assert set(texts.STATUS) == set(CaseStatus)


def test_final_statuses_have_no_way_out_and_all_reachable_others_end() -> None:
    assert all(not MOVES[status] for status in FINAL)
    reachable, todo = set(), {CaseStatus.SUBMITTED}
    while todo:
        status = todo.pop()
        reachable.add(status)
        for move in MOVES[status].values():
            todo |= set(move.after or ()) - reachable
    assert FINAL - {CaseStatus.TERMINATED} <= reachable
    assert all(MOVES[status] for status in reachable - FINAL)


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("action", Action)
def test_a_move_depends_on_the_step_only_as_the_table_says(
    status: CaseStatus, action: Action
) -> None:
    declared = MOVES[status].get(action)

    for step in (1, 2, 3):
        found = lifecycle.move(status, action, step=step, steps=3)
        fits = (
            declared is not None
            and {
                Where.ANY: True,
                Where.BEFORE_LAST: step < 3,
                Where.AFTER_FIRST: step > 1,
                Where.LAST: step == 3,
            }[declared.where]
        )
        assert (found is not None) == fits


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("step_role", [Role.CLERK, Role.REVIEWER, Role.APPROVER])
def test_supervisors_and_admins_move_nothing(by: By, step_role: Role) -> None:
    roles = lifecycle.roles(by, step_role=step_role, at_holder=True, at_window=True)

    assert not roles & {Role.SUPERVISOR, Role.ADMIN}
    assert not lifecycle.roles(by, step_role=step_role, at_holder=False, at_window=False)
