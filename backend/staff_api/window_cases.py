"""Cases that a window files for whoever stands there."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend import audit
from backend.audit import Act
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.cases.record.intake import Agent, Relation
from backend.cases.rules.refusals import CaseAlreadyOpen, CaseNotFound, OwnCase
from backend.errors import ServiceError
from backend.http import applications, behalf
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views.materials import Materials, pairs
from backend.staff_api.case_views import StaffCase, shown_case
from backend.window import filing, posts
from backend.window.filing import Consent
from backend.window.refusals import (
    AgentInvalid,
    ConsentFileMissing,
    ConsentMandateUnclear,
    PersonNotFound,
    WindowMissing,
    WindowUnclear,
)
from models import ConsentKind

routes = Routes(
    "staff_window_cases",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="the case's own event tells it",
)


class AgentIn(Body):
    """Who stands at the window in the person's place."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    relation: Relation
    id_number: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    phone: Annotated[str, Field(min_length=1, max_length=30)] | None = None


class ConsentIn(Body):
    """How the person agreed; a signature or a paper comes with its photo, a mandate by its id."""

    kind: Annotated[ConsentKind, Field(strict=False)]
    file_id: Annotated[UUID, Field(strict=False)] | None = None
    mandate_id: Annotated[UUID, Field(strict=False)] | None = None

    @property
    def given(self) -> Consent:
        """The same, as the domain has it."""
        return Consent(kind=self.kind, file_id=self.file_id, mandate_id=self.mandate_id)


class FileCase(Body):
    """An application for a person; what the form leaves out of their data is filled in."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    person_id: Annotated[UUID, Field(strict=False)]
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    agent: AgentIn | None = None
    consent: ConsentIn
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None


async def _again(call: Call[FileCase, NoQuery]) -> None:
    """The first answer shows the whole case once more: that is reading it."""
    by, asked = await call.staff(), call.body
    window = posts.window(by, asked.unit_code)
    await audit.record(
        Act.OPEN_CASE,
        by=by.acting,
        on=("person", asked.person_id),
        details={
            "repeated": True,
            "item": asked.item_code,
            "unit": window.unit_code,
            "role": window.role,
        },
    )


async def _refused(call: Call[FileCase, NoQuery], refusal: ServiceError) -> None:
    """That the person has a case open tells of them: that is asking after them."""
    if not isinstance(refusal, CaseAlreadyOpen):
        return
    by, asked = await call.staff(), call.body
    window = posts.window(by, asked.unit_code)
    await audit.record(
        Act.SEARCH_PERSONS,
        by=by.acting,
        on=("person", asked.person_id),
        details={
            "refused": refusal.code,
            "item": asked.item_code,
            "unit": window.unit_code,
            "role": window.role,
        },
    )


@routes.post(
    "/cases",
    body=FileCase,
    status=201,
    key_required=True,
    etag=True,
    errors=(
        WindowMissing,
        WindowUnclear,
        PersonNotFound,
        OwnCase,
        ConsentFileMissing,
        ConsentMandateUnclear,
        *behalf.REFUSALS,
        AgentInvalid,
        CaseNotFound,
        *applications.FILE,
    ),
    again=_again,
    refused=_refused,
)
async def file_case(call: Call[FileCase, NoQuery]) -> Answer[StaffCase]:
    """File a case at my window for a person, wherever in the city they live."""
    by, asked = await call.staff(), call.body
    case_id = await filing.file(
        Application(
            item_code=asked.item_code,
            form=asked.form,
            materials=pairs(asked.materials),
            community_code=asked.community_code,
        ),
        person_id=asked.person_id,
        consent=asked.consent.given,
        agent=agent(asked.agent) if asked.agent else None,
        unit_code=asked.unit_code,
        by=by,
        now=call.now,
    )
    case = await queries.one(case_id)
    return await shown_case(case, by, call.now, status=201)


def agent(given: AgentIn) -> Agent:
    """Who stands there, as the domain has them."""
    return {
        "name": given.name,
        "relation": given.relation,
        "id_number": given.id_number,
        "phone": given.phone,
    }
