"""Staff's cases: search and look."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from backend import audit
from backend.audit import Act
from backend.cases.reading import queries, scope
from backend.cases.reading.queries import Filter
from backend.cases.record import numbers, recusals
from backend.cases.record.listed import Listed
from backend.cases.rules.refusals import CaseNotFound, OwnCase, SearchIncomplete, StaffRecused
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import CaseSummary
from backend.identity import id_number, phones
from backend.identity.actors import StaffActor
from backend.staff_api.case_views import StaffCase, shown_case
from backend.staff_api.form_views import FormListing, form_listing
from config import vault
from config.clock import city_day
from config.database import one_moment
from models import CaseStatus

routes = Routes("staff_cases", prefix="/api/v1/staff", guard=Guard.STAFF)


class CaseScope(StrEnum):
    """What my posts cover, or what my window filed for somebody and is not over."""

    COVERED = "covered"
    RECEIVED = "received"


class FindCases(Page):
    """Which cases; `q` is a case number, an ID number or a phone number, whole."""

    scope: CaseScope = CaseScope.COVERED
    status: CaseStatus | None = None
    item: Annotated[str, Field(max_length=50)] | None = None
    unit: Annotated[str, Field(max_length=24)] | None = None
    q: Annotated[str, Field(max_length=30)] | None = None


@routes.get(
    "/cases",
    query=FindCases,
    records=(Act.LIST_CASES, Act.SEARCH_CASES),
    errors=(SearchIncomplete,),
)
async def find_cases(call: Call[Nothing, FindCases]) -> Answer[Listing[CaseSummary]]:
    """List the cases my posts cover, or that my window filed for somebody, newest first."""
    wanted, by = call.query, await call.staff()
    sought = _filter(wanted, city_day(call.now))
    received = wanted.scope is CaseScope.RECEIVED
    found = await queries.list_of_scope(
        scope.Received(scope.windows(by)) if received else scope.of(by),
        sought,
        before=pages.position_uuid(wanted),
        limit=wanted.limit + 1,
    )
    kept, following = pages.cut(found, wanted, lambda case: case.id)
    await _record(by, sought, kept)
    shown = [cases.summary(case, call.now) for case in kept]
    return Answer({"items": shown, "next_cursor": following})


async def _record(by: StaffActor, sought: Filter, shown: Sequence[Listed]) -> None:
    """Keep what was asked for: a case number as it is, what names a person only as its hash."""
    searched = sought.number or sought.person_hash
    asked = {
        "status": sought.status,
        "item": sought.item_code,
        "unit": sought.unit_code,
        "number": sought.number,
        "person_hash": sought.person_hash,
    }
    residents = {case.resident_id for case in shown}
    await audit.record(
        Act.SEARCH_CASES if searched else Act.LIST_CASES,
        by=by.acting,
        resident=residents.pop() if searched and len(residents) == 1 else None,
        details={name: value for name, value in asked.items() if value}
        | {"cases": [case.id for case in shown]},
    )


def _filter(wanted: FindCases, today: date) -> Filter:
    number = person = None
    if wanted.q is not None:
        text = wanted.q.strip().upper()
        if numbers.is_case_number(text):
            number = text
        elif id_number.fault(text, today=today) is None:
            person = vault.blind("id_number", text)
        elif phones.is_mobile(text):
            person = vault.blind("phone", text)
        else:
            raise SearchIncomplete
    return Filter(
        status=wanted.status,
        item_code=wanted.item,
        unit_code=wanted.unit,
        number=number,
        person_hash=person,
    )


@routes.get(
    "/cases/<case_id:uuid>",
    etag=True,
    errors=(CaseNotFound,),
    records=(Act.OPEN_CASE,),
)
async def get_staff_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[StaffCase]:
    """Show a case my posts cover; of one that my window filed for somebody, how far it is."""
    by = await call.staff()
    async with one_moment():
        case = await queries.one(case_id)
        if not scope.sees(by, case):
            raise CaseNotFound
        shown = await shown_case(case, by, call.now)
    await audit.record(
        Act.OPEN_CASE, by=scope.acting(by, case), on=("case", case_id), resident=case.resident_id
    )
    return shown


@routes.get(
    "/cases/<case_id:uuid>/forms",
    errors=(CaseNotFound, StaffRecused, OwnCase),
    records=(Act.OPEN_CASE,),
)
async def get_case_forms(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[FormListing]:
    """Show every form handed in for a case my posts cover, with what changed in each."""
    by = await call.staff()
    case = await queries.one(case_id)
    if not scope.of(by).covers(case):
        raise CaseNotFound
    await recusals.check(case_id, by)
    shown = await form_listing(case)
    await audit.record(
        Act.OPEN_CASE,
        by=scope.acting(by, case),
        on=("case", case_id),
        resident=case.resident_id,
        details={"forms": [form["no"] for form in shown["items"]]},
    )
    return Answer(shown)
