"""Transfers: what waits to be taken over, and the answer of the unit that it was sent to."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.cases.acts import transfer
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do import transfers
from backend.cases.reading.to_do.transfers import Side, Waiting
from backend.cases.rules.refusals import (
    CaseNotFound,
    HandoverReasonRequired,
    TaskTaken,
    TransferNotOpen,
)
from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import CaseSummary, IdText, TimeText, UnitView
from backend.http.views.times import local
from backend.staff_api.case_actions import COLLEAGUE_ERRORS
from models import TransferState

routes = Routes(
    "staff_transfers",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
)

_ERRORS = (*COLLEAGUE_ERRORS, TransferNotOpen)
_TOLD = "the case's own event tells it"


class ListTransfers(Page):
    """Those sent to my units, or those that they sent."""

    side: Side = "incoming"


class HandoverIn(Body):
    """Whether my unit takes the case over; the reason is needed where it does not."""

    accept: bool
    reason: Annotated[str, Field(max_length=500)] | None = None


WaitingView = TypedDict(
    "WaitingView",
    {
        "id": IdText,
        "case": CaseSummary,
        "from": UnitView,
        "to": UnitView,
        "sent_at": TimeText,
        "due_at": TimeText | None,
        "light": Light,
    },
)
"""A transfer that waits for its answer."""
HandoverView = TypedDict(
    "HandoverView",
    {
        "case_id": UUID,
        "from": UnitView,
        "to": UnitView,
        "state": TransferState,
        "sent_at": datetime,
        "ended_at": datetime | None,
    },
)
"""A transfer, and what became of it."""


@routes.get("/transfers", query=ListTransfers, records=(Act.LIST_TASKS,))
async def list_transfers(call: Call[Nothing, ListTransfers]) -> Answer[Listing[WaitingView]]:
    """List the transfers that wait for an answer, newest first."""
    by = await call.staff()
    found = await transfers.waiting(
        by,
        call.query.side,
        before=pages.position_uuid(call.query),
        limit=call.query.limit + 1,
    )
    kept, following = pages.cut(found, call.query, lambda each: each.id)
    await audit.record(
        Act.LIST_TASKS, by=by.acting, details={"cases": [each.case.id for each in kept]}
    )
    shown = [_waiting(each, call.now) for each in kept]
    return Answer({"items": shown, "next_cursor": following})


@routes.post(
    "/cases/<case_id:uuid>/handover",
    body=HandoverIn,
    errors=(*_ERRORS, HandoverReasonRequired),
    unrecorded=_TOLD,
    about_staff=True,
)
async def answer_transfer(call: Call[HandoverIn, NoQuery], case_id: UUID) -> Answer[HandoverView]:
    """Take over a case that was sent to my unit, or refuse it with a reason."""
    by = await call.staff()
    if call.body.accept:
        await transfer.accept(case_id, by=by, now=call.now)
    else:
        await transfer.refuse(case_id, by=by, now=call.now, reason=call.body.reason or "")
    return Answer(await _of_case(case_id))


@routes.post(
    "/cases/<case_id:uuid>/transfer/recall",
    errors=(*_ERRORS, TaskTaken),
    unrecorded=_TOLD,
    about_staff=True,
)
async def recall_transfer(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[HandoverView]:
    """Take a case back that was sent and not yet taken over."""
    await transfer.recall(case_id, by=await call.staff(), now=call.now)
    return Answer(await _of_case(case_id))


async def _of_case(case_id: UUID) -> HandoverView:
    found = await transfers.last_of(case_id)
    if found is None:
        raise CaseNotFound
    return {
        "case_id": case_id,
        "from": cases.unit_view(found.from_code),
        "to": cases.unit_view(found.to_code),
        "state": found.state,
        "sent_at": local(found.sent_at),
        "ended_at": local(found.ended_at),
    }


def _waiting(found: Waiting, now: datetime) -> WaitingView:
    return {
        "id": found.id,
        "case": cases.summary(found.case, now),
        "from": cases.unit_view(found.from_code),
        "to": cases.unit_view(found.to_code),
        "sent_at": found.sent_at,
        "due_at": found.due_at,
        "light": found.light(now),
    }
