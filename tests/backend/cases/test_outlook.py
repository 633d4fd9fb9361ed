"""What a case is likely to bring yet, and that the last credit is left for what matters."""

import pytest

from backend.cases.acts import accept, deliver, review
from backend.cases.record import outlooks
from backend.cases.rules import outlook
from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import FINAL
from backend.cases.rules.outlook import Ahead, State
from models import (
    CaseOutlook,
    CaseStatus,
    Delivery,
    DeliveryStatus,
    DropReason,
    Flow,
    Importance,
    Role,
)
from tests.backend.cases.factories import COMMUNITY, ITEM, NOW, a_case, an_actor, staff

pytestmark = pytest.mark.usefixtures("city")
S = CaseStatus


@pytest.mark.parametrize("flow", MOVES)
@pytest.mark.parametrize("steps", [1, 3])
def test_the_ways_of_a_case_add_up_and_end(flow: Flow, steps: int) -> None:
    waiting, known = [State(S.SUBMITTED)], set[State]()
    while waiting:
        state = waiting.pop()
        known.add(state)
        turns = outlook.turns(flow, steps, state)
        assert bool(turns) is (state.status not in FINAL), state
        assert not turns or sum(turn.share for turn in turns) == pytest.approx(1), state
        assert 1 <= state.step <= steps
        waiting += [turn.state for turn in turns if turn.state not in known]
    assert len(known & {State(S.CLOSED, steps), State(S.DECLINED), State(S.WITHDRAWN)}) == 3


def test_the_guess_counts_what_the_flow_still_has() -> None:
    delivered = outlook.guess(Flow.APPROVAL, 3, State(S.DELIVERED, 3))
    accepted = outlook.guess(Flow.APPROVAL, 1, State(S.ACCEPTED, 1))

    # Closed, and now and then handed over before.
    assert delivered["case_progress"] == pytest.approx(Ahead(info=1 / 0.98))
    assert 1.8 < accepted["case_progress"].result < 2
    assert 0 < accepted["action_needed"].act < 0.2

    cases = [(S.ACCEPTED, accepted), (S.DELIVERED, delivered)]
    for importance, answered, reserve in (
        (Importance.INFO, False, 2),
        (Importance.INFO, True, 2),
        (Importance.RESULT, True, 1),
        (Importance.RESULT, False, 0),
        (Importance.ACT, False, 0),
    ):
        found = outlook.reserve(cases, "case_progress", importance, answered=answered)
        assert found == reserve, (importance, answered)


def test_figures_take_the_place_of_the_guess_as_there_are_more_of_them() -> None:
    guessed, seen = {"t": Ahead(result=2)}, {"t": Ahead(result=1)}

    found = [outlook.blended(guessed, seen, cases)["t"].result for cases in (0, 5, 10_000)]

    assert found == pytest.approx([2, 1.5, 1], abs=0.01)


async def test_figures_are_those_of_the_cases_that_ended() -> None:
    for status in (S.CLOSED, S.CLOSED, S.WITHDRAWN, S.ACCEPTED):
        await a_case(status)

    for _ in range(2):
        await outlooks.learn(now=NOW)

    learnt = {
        (row.status, row.step): (row.cases, row.act, row.result, row.info)
        for row in await CaseOutlook.filter(item_id=ITEM, template="case_progress")
    }
    # Of three that ended two were accepted, passed twice, decided, delivered and closed.
    assert learnt[S.SUBMITTED, 1] == pytest.approx((3, 0, 4 / 3, 8 / 3))
    assert learnt[S.ACCEPTED, 1] == (2, 0, 2, 3)
    assert learnt[S.APPROVED, 3] == (2, 0, 1, 1)
    assert not [status for status, _ in learnt if status in FINAL]


async def test_who_is_only_informed_leaves_credit_for_the_results_of_all_their_cases() -> None:
    applicant = await an_actor()
    clerk = await staff((COMMUNITY, Role.CLERK))
    for expected in (2, 4):
        case = await a_case(by=applicant)
        await accept.accept(case.id, by=clerk, seen=case.version, now=NOW, note=None)
        told = await Delivery.get(message__case_id=case.id, message__kind="case.accept")
        assert told.reserve == expected


async def test_what_says_more_takes_the_place_of_what_still_waits() -> None:
    case = await a_case(S.ACCEPTED)
    waiting = Delivery.filter(message__case_id=case.id, message__kind="case.accept")
    await waiting.update(status=DeliveryStatus.WAITING_CREDIT)
    clerk = await staff((COMMUNITY, Role.CLERK))

    await review.pass_step(case.id, by=clerk, seen=case.version, now=NOW, opinion="同意")

    found = await waiting.get()
    assert (found.status, found.reason) == (DeliveryStatus.DROPPED, DropReason.SUPERSEDED)


async def test_a_result_that_waits_is_not_displaced_by_news() -> None:
    case = await a_case(S.DELIVERED)
    waiting = Delivery.filter(message__case_id=case.id, message__kind="case.deliver")
    await waiting.update(status=DeliveryStatus.WAITING_CREDIT)

    clerk = await staff((COMMUNITY, Role.CLERK))
    await deliver.close(case.id, by=clerk, seen=case.version, now=NOW, reason=None)

    assert (await waiting.get()).status is DeliveryStatus.WAITING_CREDIT
