"""Many people filed for at a window in one call, a row each."""

from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.cases.acts.submit import Application
from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemBookedOnly, ItemUnknown
from backend.http import keyed, problems
from backend.http.answers import Answer, encode
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.problems import Problem
from backend.http.routes import Routes
from backend.http.views.materials import Materials, pairs
from backend.idempotency import keys
from backend.identity.identity_check.refusals import IdentityUnavailable
from backend.staff_api.persons import TakeInPerson, newcomer
from backend.staff_api.window_cases import ConsentIn
from backend.window import batches, posts
from backend.window.batches import Row
from backend.window.filing import Consent
from backend.window.persons import Newcomer
from backend.window.refusals import (
    BatchRowRepeated,
    BatchRowUnclear,
    WindowMissing,
    WindowUnclear,
)
from config import encoding
from models import ConsentKind, Flow

routes = Routes("staff_batches", prefix="/api/v1/staff", guard=Guard.STAFF)

MOST = 500
OK, CREATED = 200, 201
BYTES = 2 * 1024 * 1024


class BatchRow(Body):
    """One person, by a document or by id, and what they ask for; a consent is oral unless given."""

    person: TakeInPerson | None = None
    person_id: Annotated[UUID, Field(strict=False)] | None = None
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    consent: ConsentIn | None = None


class FileBatch(Body):
    """Applications for one item; a dry run tells of each row what would be refused."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    rows: Annotated[list[BatchRow], Field(min_length=1, max_length=MOST)]
    dry_run: bool
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None


class RowOutcome(TypedDict):
    """What became of a row, counted from 1: 201 and its case, 200 in a dry run, or why not."""

    row: int
    status: int
    case_id: NotRequired[UUID]
    problem: NotRequired[Problem]


class RowOutcomes(TypedDict):
    """One for each row, in their order."""

    results: list[RowOutcome]


async def _again(call: Call[FileBatch, NoQuery]) -> None:
    """The first answer tells once more who has which case: that is reading it."""
    posts.window((await call.staff()), call.body.unit_code)
    await _record(call, repeated=True)


@routes.post(
    "/cases/_batch",
    body=FileBatch,
    body_bytes=BYTES,
    keyed=Keyed.AFTER,
    key_required=True,
    bulk=True,
    of_parts=(BatchRowRepeated, BatchRowUnclear),
    errors=(WindowMissing, WindowUnclear, ItemUnknown, ItemBookedOnly, IdentityUnavailable),
    records=(Act.SEARCH_PERSONS, Act.TAKE_IN_PERSON),
    again=_again,
)
async def file_batch(call: Call[FileBatch, NoQuery]) -> Answer[RowOutcomes]:
    """File for up to 500 people at my window, or say first what would be refused.

    A repetition with the same key finishes what was interrupted.
    """
    posts.window((await call.staff()), call.body.unit_code)
    if (await catalogue.current(call.body.item_code)).flow is Flow.BOOKING:
        raise ItemBookedOnly
    await _record(call, repeated=False)
    earlier = await batches.repeated([_person(row) for row in call.body.rows])
    numbered = enumerate(call.body.rows, 1)
    return Answer(
        {"results": [await _outcome(call, no, row, earlier.get(no)) for no, row in numbered]}
    )


async def _record(call: Call[FileBatch, NoQuery], *, repeated: bool) -> None:
    """That these people were asked about, before anything is told of them."""
    asked = call.body
    people = [row.person_id for row in asked.rows if row.person_id]
    await audit.record(
        Act.SEARCH_PERSONS,
        by=(await call.staff()).acting,
        purpose="intake",
        details={
            "by": "batch",
            "item": asked.item_code,
            "rows": len(asked.rows),
            "persons": people,
            "dry_run": asked.dry_run,
        }
        | ({"repeated": True} if repeated else {}),
    )


async def _outcome(
    call: Call[FileBatch, NoQuery], no: int, row: BatchRow, earlier: int | None
) -> RowOutcome:
    """Of what is tried later with the same key no outcome is told: that refuses the whole."""
    try:
        return await (_checked if call.body.dry_run else _filed)(call, no, row, earlier)
    except IdentityUnavailable as away:
        raise IdentityUnavailable(retry_after=away.retry_after) from away
    # Also a fault of ours is of this row alone.
    except Exception as error:  # noqa: BLE001
        problem = problems.of_part(error, call.request)
        return {"row": no, "status": problem["status"], "problem": problem}


async def _checked(
    call: Call[FileBatch, NoQuery], no: int, row: BatchRow, earlier: int | None
) -> RowOutcome:
    by, unit = await call.staff(), call.body.unit_code
    asked = _row(call.body.item_code, row, earlier)
    await batches.check(asked, unit_code=unit, by=by, now=call.now)
    return {"row": no, "status": OK}


async def _filed(
    call: Call[FileBatch, NoQuery], no: int, row: BatchRow, earlier: int | None
) -> RowOutcome:
    by, asked = await call.staff(), _row(call.body.item_code, row, earlier)
    if call.once is None:
        raise TypeError("a batch has a key")
    content = encoding.dumps([call.body.item_code, row.model_dump(mode="json")])
    once = keys.part(call.once, f"row {no}", content)
    if (first := await keys.answered(once)) is not None:
        return _told(first.body)
    seen = await batches.looked(asked, by=by, now=call.now)

    async def file() -> Answer[RowOutcome]:
        unit = call.body.unit_code
        case_id = await batches.file(asked, seen, unit_code=unit, by=by, now=call.now)
        return Answer({"row": no, "status": CREATED, "case_id": case_id}, CREATED)

    return _told(encode((await keyed.run(Keyed.ATOMIC, once, file, seconds=0)).body))


def _told(kept: bytes) -> RowOutcome:
    outcome: RowOutcome = encoding.loads(kept)
    return outcome


def _person(row: BatchRow) -> Newcomer | UUID | None:
    """Whom the row names; None where that is not clear."""
    if (row.person is None) == (row.person_id is None):
        return None
    return newcomer(row.person) if row.person else row.person_id


def _row(item_code: str, row: BatchRow, earlier: int | None) -> Row:
    """The row as it is filed; `earlier` is one of the same person before it."""
    if (person := _person(row)) is None:
        raise BatchRowUnclear
    if earlier is not None:
        raise BatchRowRepeated(earlier)
    given = row.consent
    return Row(
        person=person,
        application=Application(
            item_code=item_code,
            form=row.form,
            materials=pairs(row.materials),
            community_code=row.community_code,
        ),
        consent=Consent(kind=given.kind, file_id=given.file_id)
        if given
        else Consent(kind=ConsentKind.ORAL),
    )
