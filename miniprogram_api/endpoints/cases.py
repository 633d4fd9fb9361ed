"""Residents' cases: submit, look, supplement, withdraw."""

from typing import Any
from uuid import UUID

from backend.audit import Act
from backend.cases.acts import finish, supplement, withdraw
from backend.cases.acts import submit as submission
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.cases.record import shown
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import CaseNotFound
from backend.http import applications, pages
from backend.http.answers import Answer, encode
from backend.http.call import B, Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import CaseSummary
from backend.http.views.materials import pairs
from backend.mandates import acting
from backend.mandates.acting import Behalf
from backend.refusals import ActionNotAllowed
from config import encoding
from miniprogram_api.endpoints import seen
from miniprogram_api.endpoints.case_bodies import Reopen, SubmitCase, Supplement, Withdraw
from miniprogram_api.endpoints.case_views import (
    CaseView,
    Clocks,
    agents_view,
    case_view,
    clocks_view,
)
from models import CaseStatus, Right

routes = Routes(
    "resident_cases", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class ListCases(Page):
    """Which of my cases."""

    status: CaseStatus | None = None


async def _again(call: Call[SubmitCase, NoQuery]) -> None:
    """What an agent filed is shown again only while their mandate holds."""
    if (behalf := await call.behalf(item_code=call.body.item_code)) is not None:
        filed = encoding.loads(call.first)["id"]
        await acting.record(behalf, did="submit_again", on=("case", filed))


async def _acted_again(call: Call[B, NoQuery], case_id: UUID) -> None:
    """What an agent did is shown again only while their mandate holds."""
    if (behalf := await call.behalf()) is not None:
        await queries.shown_for(case_id, behalf)
        await acting.record(behalf, did="act_again", on=("case", case_id))


@routes.post(
    "/cases",
    body=SubmitCase,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_again,
    status=201,
    keyed=Keyed.OWN,
    key_required=True,
    errors=applications.FILE,
)
async def submit_case(call: Call[SubmitCase, NoQuery]) -> Answer[CaseView]:
    """Submit an application for one service item, mine or my principal's."""
    application = Application(
        item_code=call.body.item_code,
        form=call.body.form,
        materials=pairs(call.body.materials),
        community_code=call.body.community_code,
        draft_id=call.body.draft_id,
    )
    if call.mandate_id is not None:
        body = await submission.submit_for(
            application,
            call.mandate_id,
            by=await call.resident(),
            now=call.now,
            once=call.once,
            render=lambda case, behalf: encode(_filed(case, behalf, call)),
        )
        return Answer(body, 201)
    body = await submission.submit(
        application,
        resident_id=call.who,
        now=call.now,
        once=call.once,
        render=lambda case: encode(case_view(shown.of(case), call.now)),
    )
    return Answer(body, 201)


@routes.get("/cases", query=ListCases, behalf=Right.READ, records=(Act.ACT_FOR,))
async def list_cases(call: Call[Nothing, ListCases]) -> Answer[Listing[CaseSummary]]:
    """List my cases, or those that my mandate covers, newest first."""
    before = pages.position_uuid(call.query)
    status, limit = call.query.status, call.query.limit + 1
    if (behalf := await call.behalf()) is None:
        found = await queries.list_of_resident(call.who, status=status, before=before, limit=limit)
    else:
        await acting.record(behalf, did="list_cases")
        found = await queries.list_for(behalf, status=status, before=before, limit=limit)
    kept, following = pages.cut(found, call.query, lambda case: case.id)
    items = [cases.summary(case, call.now) for case in kept]
    return Answer({"items": items, "next_cursor": following})


@routes.get(
    "/cases/<case_id:uuid>",
    etag=True,
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    errors=(CaseNotFound,),
)
async def get_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Show one of my cases, or that my mandate covers, with its timeline."""
    if (behalf := await call.behalf()) is None:
        return await _shown(call, case_id)
    shown_to_agent = await _shown_for(call, case_id, behalf)
    await acting.record(behalf, did="open_case", on=("case", case_id))
    return shown_to_agent


@routes.get(
    "/cases/<case_id:uuid>/clock",
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    errors=(CaseNotFound,),
)
async def get_clock(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[Clocks]:
    """Show the limits of one of my cases, with the lines that add up to the due dates."""
    case = await seen.case(call, case_id, did="open_clock")
    return Answer(clocks_view(case, call.now))


@routes.post(
    "/cases/<case_id:uuid>/supplement",
    body=Supplement,
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=(CaseNotFound, ActionNotAllowed, *applications.ANSWER),
)
async def supplement_case(call: Call[Supplement, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Hand in what the supplement request asked for, for myself or my principal."""
    if call.mandate_id is not None:
        async with call.for_principal(
            call.mandate_id, did=Action.SUPPLEMENT, on=("case", case_id)
        ) as behalf:
            await supplement.for_principal(
                case_id,
                behalf,
                now=call.now,
                form=call.body.form,
                materials=pairs(call.body.materials),
            )
            return await _shown_for(call, case_id, behalf, gave=call.body.form)
    await supplement.supplement(
        case_id,
        by=await call.resident(),
        now=call.now,
        form=call.body.form,
        materials=pairs(call.body.materials),
    )
    return await _shown(call, case_id)


@routes.post(
    "/cases/<case_id:uuid>/withdraw",
    body=Withdraw,
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=(CaseNotFound, ActionNotAllowed),
)
async def withdraw_case(call: Call[Withdraw, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Withdraw an application before it is decided, or give back the place that was given."""
    if call.mandate_id is not None:
        async with call.for_principal(
            call.mandate_id, did=Action.WITHDRAW, on=("case", case_id)
        ) as behalf:
            await withdraw.for_principal(case_id, behalf, now=call.now, reason=call.body.reason)
            return await _shown_for(call, case_id, behalf)
    await withdraw.withdraw(
        case_id, by=await call.resident(), now=call.now, reason=call.body.reason
    )
    return await _shown(call, case_id)


@routes.post(
    "/cases/<case_id:uuid>/confirm",
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=(CaseNotFound, ActionNotAllowed),
)
async def confirm_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Confirm that what I asked for is done, for myself or my principal."""
    if call.mandate_id is not None:
        return await _answered_for(call, case_id, call.mandate_id, Action.CONFIRM, unsolved=None)
    await finish.confirm(case_id, by=await call.resident(), now=call.now)
    return await _shown(call, case_id)


@routes.post(
    "/cases/<case_id:uuid>/reopen",
    body=Reopen,
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=(CaseNotFound, ActionNotAllowed),
)
async def reopen_case(call: Call[Reopen, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Say that what I asked for is not done, for myself or my principal."""
    reason = call.body.reason
    if call.mandate_id is not None:
        return await _answered_for(call, case_id, call.mandate_id, Action.REOPEN, unsolved=reason)
    await finish.reopen(case_id, by=await call.resident(), now=call.now, reason=reason)
    return await _shown(call, case_id)


def _filed(case: Snapshot, behalf: Behalf, call: Call[SubmitCase, NoQuery]) -> CaseView:
    """What an agent is shown of what they filed."""
    return _hidden(agents_view(shown.of(case), call.now), behalf, call.body.form)


def _hidden(view: CaseView, behalf: Behalf, gave: dict[str, Any] | None) -> CaseView:
    """Of the form only what the agent gave, where they may see no more."""
    if not {Right.FILL, Right.READ} & {*behalf.mandate.rights}:
        view["form"] = gave or {}
    return view


async def _answered_for(
    call: Call[B, NoQuery], case_id: UUID, mandate_id: UUID, act: Action, *, unsolved: str | None
) -> Answer[CaseView]:
    """What an agent says of what was done."""
    async with call.for_principal(mandate_id, did=act, on=("case", case_id)) as behalf:
        await finish.answered_for_principal(case_id, behalf, now=call.now, unsolved=unsolved)
        return await _shown_for(call, case_id, behalf)


async def _shown_for(
    call: Call[B, NoQuery], case_id: UUID, behalf: Behalf, *, gave: dict[str, Any] | None = None
) -> Answer[CaseView]:
    """The principal's case as it is now, to the agent who gave this form."""
    view = agents_view(await queries.shown_for(case_id, behalf), call.now)
    view = _hidden(view, behalf, gave)
    return Answer(view, version=view["version"], variant=view["due"]["light"])


async def _shown(call: Call[B, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """The case as it is now."""
    view = case_view(await queries.shown_to_resident(case_id, call.who), call.now)
    return Answer(view, version=view["version"], variant=view["due"]["light"])
