"""Every (status, action, role) at the holder's unit and elsewhere: the table and nothing else."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import (
    accept,
    assign,
    decide,
    deliver,
    enrol,
    finish,
    note,
    notice,
    recuse,
    review,
    transfer,
    withdraw,
)
from backend.cases.acts.notice import Defect
from backend.cases.reading import desk, queries, scope
from backend.cases.record import recusals
from backend.cases.rules import rights
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import RecusalNotFound
from backend.errors import Conflict, Forbidden, NotFound, ServiceError
from backend.identity.actors import ResidentActor, StaffActor
from config.database import connection, transaction
from models import CaseStatus, Flow, Role, Task
from tests.backend.cases import golden
from tests.backend.cases.factories import (
    ELSEWHERE,
    ITEM,
    NOW,
    a_case,
    a_colleague,
    an_actor,
    sibling,
    staff,
)
from tests.backend.cases.histories import steps

STEPS = 3
ITEMS = {Flow.APPROVAL: ITEM, Flow.REQUEST: "FW-XX-001", Flow.ENROL: "FW-FL-003"}
WALKED = [(flow, status) for flow in ITEMS for status in golden.statuses(flow)]
STEPPED = [(flow, status, step) for flow, status in WALKED for step in steps(flow, status)]
Act = Callable[[UUID, StaffActor, int], Awaitable[None]]

DEFECT = [Defect(material_code="id_card", reason="照片模糊")]


def _act(operation: Callable[..., Awaitable[None]], **said: Any) -> Act:
    async def act(case_id: UUID, by: StaffActor, seen: int) -> None:
        await operation(case_id, by=by, seen=seen, now=NOW, **said)

    return act


async def _note(case_id: UUID, by: StaffActor, _seen: int) -> None:
    await note.note(case_id, by=by, now=NOW, text="已电话核实")


async def _assign(case_id: UUID, by: StaffActor, _seen: int) -> None:
    """To somebody new who may do whatever the unit does."""
    task = await Task.filter(case_id=case_id).order_by("-id").first().values()
    colleague = await a_colleague(*((task["unit_id"], role) for role in rights.WINDOW_ROLES))
    [result] = await assign.assign([task["id"]], colleague, by=by, reason="同事病假", now=NOW)
    if result.refusal:
        raise result.refusal


async def _transfer(case_id: UUID, by: StaffActor, seen: int) -> None:
    """To a unit of the same kind elsewhere, where somebody has each role."""
    holder = (await queries.one(case_id)).holder_code
    to = sibling(holder)
    for role in rights.WINDOW_ROLES:
        await a_colleague((to, role))
    await transfer.send(case_id, by=by, seen=seen, now=NOW, unit_code=to, reason="不属于本单位")


async def _recuse(case_id: UUID, by: StaffActor, _seen: int) -> None:
    await recuse.recuse(case_id, by=by, staff_id=None, reason="申请人是亲属", now=NOW)


async def _end_recusal(case_id: UUID, by: StaffActor, _seen: int) -> None:
    given: dict[str, Any] = {"by": by, "staff_id": None, "reason": "并非亲属", "now": NOW}
    # Who may not is refused before it is asked whether there is one.
    with pytest.raises(RecusalNotFound):
        await recuse.end(case_id, **given)
    case = await queries.one(case_id)
    await recusals.add(case, by.id, made_by=by.id, reason="申请人是亲属", at=NOW)
    await recuse.end(case_id, **given)


STAFF_ACTIONS: dict[Action, Act] = {
    Action.ACCEPT: _act(accept.accept, note=None),
    Action.DECLINE: _act(accept.decline, reason="不属于本单位", go_to=None),
    Action.REQUEST_SUPPLEMENT: _act(
        notice.request_supplement, defects=DEFECT, note=None, override_reason=None
    ),
    Action.PASS: _act(review.pass_step, opinion="同意"),
    Action.RETURN: _act(review.return_step, to_step=1, reason="请核实"),
    Action.DECIDE: _act(decide.decide, outcome="approved", opinion="符合条件"),
    Action.DELIVER: _act(deliver.deliver, method="pickup", note=None),
    Action.DISPATCH: _act(accept.dispatch, to_step=None, note=None),
    Action.FINISH: _act(finish.finish, result="路灯已修好", note=None),
    Action.ENROL: _act(enrol.enrol, note=None),
    Action.CLOSE: _act(deliver.close, reason="申请人联系不上，已到现场核实"),
    Action.NOTE: _note,
    Action.ASSIGN: _assign,
    Action.TRANSFER: _transfer,
    Action.RECUSE: _recuse,
    Action.END_RECUSAL: _end_recusal,
}
# Of a case that was sent on before: see test_transfer.
RECEIVERS = {Action.HANDOVER, Action.REFUSE_HANDOVER, Action.RECALL}


def test_every_action_is_walked() -> None:
    applicants = {Action.SUBMIT, Action.SUPPLEMENT, Action.WITHDRAW, Action.CONFIRM, Action.REOPEN}
    assert set(STAFF_ACTIONS) | applicants | RECEIVERS == set(Action)


def test_a_case_of_a_flow_comes_to_each_of_its_statuses() -> None:
    assert {(flow, status) for flow, status, _ in STEPPED} == set(WALKED)


@pytest.mark.parametrize(("flow", "status", "step"), STEPPED)
async def test_staff_can_do_what_the_table_says_and_nothing_else(
    city: None, flow: Flow, status: CaseStatus, step: int
) -> None:
    case = await a_case(status, step=step, item_code=ITEMS[flow])
    before = await _state(case.id)
    people = {role: await staff((case.holder_code, role)) for role in sorted(scope.READERS)}
    for action, act in STAFF_ACTIONS.items():
        role_of_step = case.item.route[step - 1].role
        agreed = golden.who(flow, status, action, at=(step, role_of_step))
        allowed = [role for role in people if role in (agreed or ())]
        # Who has all other roles at once may no more than each of them: see test_lifecycle.
        if others := [(case.holder_code, role) for role in people if role not in allowed]:
            refusal: type[ServiceError] = Conflict if agreed is None else Forbidden
            with pytest.raises(refusal) as refused:
                await act(case.id, await staff(*others), case.version)
            code = "action_not_allowed" if agreed is None else "role_missing"
            assert (action, refused.value.code) == (action, code)
            assert (action, await _state(case.id)) == (action, before)
        for role in allowed:
            async with _undone():
                await act(case.id, people[role], case.version)
                after = await queries.one(case.id)
                assert after.status in golden.follows(flow, status, action)
                assert after.version == case.version + (action not in golden.INSIDE)
                assert len(after.events) == len(case.events) + 1


@pytest.mark.parametrize("status", golden.statuses(Flow.APPROVAL))
async def test_nobody_elsewhere_can_do_anything(city: None, status: CaseStatus) -> None:
    case = await a_case(status)
    stranger = await staff(*[(ELSEWHERE, role) for role in Role])
    before = await _state(case.id)

    for act in STAFF_ACTIONS.values():
        with pytest.raises(NotFound) as refused:
            await act(case.id, stranger, case.version)
        assert refused.value.code in {"case_not_found", "task_not_found"}

    assert await _state(case.id) == before


@pytest.mark.parametrize("status", [CaseStatus.SUBMITTED, CaseStatus.UNDER_REVIEW])
async def test_who_may_only_read_is_told_that_it_is_another_units(
    city: None, status: CaseStatus
) -> None:
    case = await a_case(status)
    above = await staff(*[("210102000000", role) for role in Role])

    # A supervisor above assigns tasks and sends cases on, and does nothing else.
    theirs = {Action.ASSIGN, Action.TRANSFER, Action.RECUSE, Action.END_RECUSAL}
    for act in [act for action, act in STAFF_ACTIONS.items() if action not in theirs]:
        with pytest.raises(Forbidden) as refused:
            await act(case.id, above, case.version)
        assert refused.value.code == "not_your_unit"


@pytest.mark.parametrize("status", [CaseStatus.SUBMITTED, CaseStatus.ACCEPTED])
async def test_an_administrator_of_the_holder_cannot_even_tell_that_it_exists(
    city: None, status: CaseStatus
) -> None:
    case = await a_case(status)
    admin = await staff((case.holder_code, Role.ADMIN))

    for act in STAFF_ACTIONS.values():
        with pytest.raises(NotFound):
            await act(case.id, admin, case.version)


APPLICANTS: dict[Action, Callable[[UUID, ResidentActor], Awaitable[None]]] = {
    Action.WITHDRAW: lambda case, by: withdraw.withdraw(case, by=by, now=NOW, reason=None),
    Action.CONFIRM: lambda case, by: finish.confirm(case, by=by, now=NOW),
    Action.REOPEN: lambda case, by: finish.reopen(case, by=by, now=NOW, reason="灯还是不亮"),
}


@pytest.mark.parametrize(("flow", "status"), WALKED)
async def test_applicants_do_what_the_table_says_and_nothing_else(
    city: None, flow: Flow, status: CaseStatus
) -> None:
    by, other = await an_actor(), await an_actor()
    case = await a_case(status, by=by, item_code=ITEMS[flow])
    for action, act in APPLICANTS.items():
        with pytest.raises(NotFound):
            await act(case.id, other)
        if golden.who(flow, status, action, at=(1, Role.CLERK)) != {"applicant"}:
            with pytest.raises(Conflict):
                await act(case.id, by)
        else:
            async with _undone():
                await act(case.id, by)
                [after] = golden.follows(flow, status, action)
                assert (await queries.one(case.id)).status == after


async def test_the_accepting_window_hands_out_what_the_department_decided(city: None) -> None:
    case = await a_case(CaseStatus.APPROVED)
    seen = case.version
    window = await staff((desk.window_code(case), Role.CLERK))
    street = await staff((case.community_path.split("/")[-2], Role.CLERK))

    with pytest.raises(Forbidden):
        await deliver.deliver(case.id, by=street, seen=seen, now=NOW, method="post", note=None)
    await deliver.deliver(case.id, by=window, seen=seen, now=NOW, method="post", note=None)
    await deliver.close(case.id, by=window, seen=seen + 1, now=NOW, reason=None)

    assert (await queries.one(case.id)).status is CaseStatus.CLOSED


class _Undo(Exception):
    """Nothing is wrong with what was done."""


@contextlib.asynccontextmanager
async def _undone() -> AsyncIterator[None]:
    """Whatever the block does has happened in it, and has not afterwards.

    To bring another case to where the last one stood takes several times as long.
    """
    with contextlib.suppress(_Undo):
        async with transaction():
            yield
            raise _Undo


async def _state(case_id: UUID) -> Any:
    return await connection().execute_query_dict(
        "SELECT status, version, step, (SELECT count(*) FROM case_event WHERE case_id = c.id)"
        ' FROM "case" c WHERE id = $1',
        [case_id],
    )


async def test_the_walked_items_have_the_steps_of_the_walk(city: None) -> None:
    for flow, code in ITEMS.items():
        item = (await a_case(item_code=code)).item
        assert (item.flow, len(item.route)) == (flow, STEPS), code
