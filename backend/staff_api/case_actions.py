"""Staff's actions on a case: the lifecycle's verbs, each decided on the version that was seen."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import TypedDict, Unpack
from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.cases.acts import (
    accept,
    decide,
    deliver,
    enrol,
    finish,
    note,
    notice,
    review,
    transfer,
)
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries, scope
from backend.cases.rules.refusals import (
    CaseNotFound,
    CloseReasonRequired,
    DefectsInvalid,
    NotYourUnit,
    OwnCase,
    PickupOnly,
    PlacesTaken,
    ReasonRequired,
    ReceiverSame,
    ReceiverUnfit,
    ReceiverUnknown,
    RoleMissing,
    StaffRecused,
    StepNotAhead,
    StepNotPassed,
    StepUnitUnknown,
    SupplementAlreadyRequested,
    TaskTaken,
    TransferOpen,
)
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.spec import Refusals
from backend.identity.actors import StaffActor
from backend.refusals import ActionNotAllowed, VersionStale
from backend.staff_api.case_bodies import (
    Close,
    Decide,
    Decline,
    Deliver,
    Dispatch,
    Finish,
    Note,
    NoteIn,
    Opinion,
    Return,
    SupplementRequest,
    TransferIn,
)
from backend.staff_api.case_views import StaffCase, shown_case

routes = Routes(
    "staff_case_actions",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="the case's own event tells it",
)

_OWN_ERRORS = (CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed)
COLLEAGUE_ERRORS = (*_OWN_ERRORS, StaffRecused, OwnCase)
ACT_ERRORS = (*COLLEAGUE_ERRORS, VersionStale, TaskTaken)


class Acting(TypedDict):
    """Who acts, and when."""

    by: StaffActor
    now: datetime


class Seen(Acting):
    """And on which version of the case."""

    seen: int


Do = Callable[..., Awaitable[None]]
ACTS: dict[str, Do] = {}
"""The acts that can be done to many cases at once: what they are told is the same for all."""
PAYLOADS: dict[str, type[Body]] = {}
"""And what each of them is told."""


def _action(
    path: str,
    *,
    body: type[Body] = Nothing,
    errors: Refusals = (),
    on_version: bool = True,
    many: bool = True,
    status: int = 200,
) -> Callable[[Do], Do]:
    """Declare `act(case_id, body, **seen)` as a POST that answers the case as it then is.

    With `on_version` the act is told which one its person saw, which the request must name; such
    an act can be done to many cases at once unless what it is told is of one alone.
    """
    usual = ACT_ERRORS if on_version else COLLEAGUE_ERRORS

    def register(act: Do) -> Do:
        # Its name and words, not its annotations: what is answered is said here.
        @wraps(act, assigned=("__name__", "__doc__"))
        async def endpoint(call: Call[Body, NoQuery], case_id: UUID) -> Answer[StaffCase]:
            now, by = call.now, await call.staff()
            seen = {"seen": call.expected_version} if on_version else {}
            await act(case_id, call.body, by=by, now=now, **seen)
            case = await queries.one(case_id)
            return await shown_case(case, by, now, status=status)

        routes.post(
            f"/cases/<case_id:uuid>/{path}",
            body=body,
            status=status,
            etag=True,
            if_match=on_version,
            errors=(*usual, *errors),
            again=_again,
        )(endpoint)
        if on_version and many:
            ACTS[path], PAYLOADS[path] = act, body
        return act

    return register


async def _again(call: Call[Body, NoQuery], case_id: UUID) -> None:
    """The first answer shows the whole case once more: that is reading it."""
    by, case = await call.staff(), await queries.one(case_id)
    if not scope.sees(by, case):
        raise CaseNotFound
    await audit.record(
        Act.OPEN_CASE,
        by=scope.acting(by, case),
        on=("case", case_id),
        resident=case.resident_id,
        details={"repeated": True},
    )


@_action("accept", body=Note)
async def accept_case(case_id: UUID, body: Note, **seen: Unpack[Seen]) -> None:
    """Accept 受理: the clocks start."""
    await accept.accept(case_id, note=body.note, **seen)


@_action("decline", body=Decline)
async def decline_case(case_id: UUID, body: Decline, **seen: Unpack[Seen]) -> None:
    """Decline 不予受理, with the reason."""
    await accept.decline(case_id, reason=body.reason, go_to=body.go_to, **seen)


@_action(
    "supplement-requests",
    body=SupplementRequest,
    errors=(SupplementAlreadyRequested, DefectsInvalid),
    many=False,
)
async def request_supplement(case_id: UUID, body: SupplementRequest, **seen: Unpack[Seen]) -> None:
    """Ask once for everything that is missing 一次性告知."""
    await notice.request_supplement(
        case_id,
        defects=[
            Defect(material_code=defect.material_code, field=defect.field, reason=defect.reason)
            for defect in body.defects
        ],
        note=body.note,
        override_reason=body.override_reason,
        **seen,
    )


@_action("pass", body=Opinion, errors=(StepUnitUnknown,))
async def pass_case(case_id: UUID, body: Opinion, **seen: Unpack[Seen]) -> None:
    """Agree to this step; the case goes to the next."""
    await review.pass_step(case_id, opinion=body.opinion, **seen)


@_action("return", body=Return, errors=(StepNotPassed, StepUnitUnknown))
async def return_case(case_id: UUID, body: Return, **seen: Unpack[Seen]) -> None:
    """Return 退回 to a step already passed."""
    await review.return_step(case_id, to_step=body.to_step, reason=body.reason, **seen)


@_action("decide", body=Decide, errors=(ReasonRequired,))
async def decide_case(case_id: UUID, body: Decide, **seen: Unpack[Seen]) -> None:
    """Decide 决定: approved or denied."""
    await decide.decide(case_id, outcome=body.outcome, opinion=body.opinion, **seen)


@_action("deliver", body=Deliver, errors=(PickupOnly,))
async def deliver_case(case_id: UUID, body: Deliver, **seen: Unpack[Seen]) -> None:
    """Deliver 送达 the result."""
    await deliver.deliver(case_id, method=body.method, note=body.note, **seen)


@_action("dispatch", body=Dispatch, errors=(StepNotAhead, StepUnitUnknown))
async def dispatch_case(case_id: UUID, body: Dispatch, **seen: Unpack[Seen]) -> None:
    """Dispatch 交办 a request to whoever deals with it; the clocks start."""
    await accept.dispatch(case_id, to_step=body.to_step, note=body.note, **seen)


@_action("finish", body=Finish)
async def finish_case(case_id: UUID, body: Finish, **seen: Unpack[Seen]) -> None:
    """Say what was done about a request; who asked confirms or reopens it."""
    await finish.finish(case_id, result=body.result, note=body.note, **seen)


@_action("enrol", body=Note, errors=(PlacesTaken,))
async def enrol_case(case_id: UUID, body: Note, **seen: Unpack[Seen]) -> None:
    """Give the applicant a place 录取."""
    await enrol.enrol(case_id, note=body.note, **seen)


@_action("close", body=Close, errors=(CloseReasonRequired,))
async def close_case(case_id: UUID, body: Close, **seen: Unpack[Seen]) -> None:
    """Close 办结 a case that is delivered, dealt with or over."""
    await deliver.close(case_id, reason=body.reason, **seen)


@_action(
    "transfer",
    body=TransferIn,
    errors=(TransferOpen, ReceiverUnknown, ReceiverSame, ReceiverUnfit),
    many=False,
)
async def transfer_case(case_id: UUID, body: TransferIn, **seen: Unpack[Seen]) -> None:
    """Send 移交 the case to another unit, which accepts or refuses; mine holds it until then."""
    await transfer.send(case_id, unit_code=body.unit_code, reason=body.reason, **seen)


@_action("notes", body=NoteIn, on_version=False, status=201)
async def note_case(case_id: UUID, body: NoteIn, **acting: Unpack[Acting]) -> None:
    """Leave a note 内部备注 that only staff see."""
    await note.note(case_id, text=body.text, **acting)
