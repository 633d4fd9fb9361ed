"""Staff open what is masked of a case, for a purpose that its applicant reads."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.cases.rules.refusals import (
    CaseNotFound,
    NotYourUnit,
    OwnCase,
    RoleMissing,
    StaffRecused,
)
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.refusals import ActionNotAllowed
from backend.window import revealing
from backend.window.refusals import FieldNotNeeded, FieldsUnknown

routes = Routes("staff_reveals", prefix="/api/v1/staff", guard=Guard.STAFF)


class Reveal(Body):
    """Which masked fields, and what for."""

    fields: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]],
        Field(min_length=1, max_length=20),
    ]
    purpose: Annotated[AccessPurpose, Field(strict=False)]
    words: Annotated[str, Field(max_length=64)] | None = None


class Revealed(TypedDict):
    """The values by the names that were asked for; null for what is not known."""

    values: dict[str, str | None]


# not keyed: to look again is to be recorded again
@routes.post(
    "/cases/<case_id:uuid>/reveal",
    body=Reveal,
    keyed=Keyed.NO,
    limit=Limit.PERSONS,
    errors=(
        CaseNotFound,
        NotYourUnit,
        RoleMissing,
        StaffRecused,
        OwnCase,
        ActionNotAllowed,
        FieldsUnknown,
        FieldNotNeeded,
    ),
    records=(Act.REVEAL,),
)
async def reveal_case(call: Call[Reveal, NoQuery], case_id: UUID) -> Answer[Revealed]:
    """Open masked fields of a case that my unit works on; its applicant sees who looked."""
    values = await revealing.reveal(
        case_id,
        call.body.fields,
        by=await call.staff(),
        purpose=call.body.purpose,
        words=call.body.words,
    )
    return Answer({"values": values})
