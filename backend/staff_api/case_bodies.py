"""What staff say with an action on a case: the bodies of the lifecycle's verbs."""

from typing import Annotated

from pydantic import Field

from backend.cases.rules.lifecycle import Decision
from backend.catalogue.shapes import Delivery
from backend.http.body import Body
from config.texts import VISIBLE

Words = Annotated[str, Field(max_length=500)]
Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), VISIBLE]


class NoteIn(Body):
    """What colleagues should know."""

    text: Reason


class Note(Body):
    """A note for colleagues."""

    note: Words | None = None


class Decline(Body):
    """Why not, and where to go instead."""

    reason: Reason
    go_to: Annotated[str, Field(max_length=100)] | None = None


class DefectIn(Body):
    """One thing to put right: a material, or a field by its path in the layout."""

    material_code: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    field: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    reason: Reason


class SupplementRequest(Body):
    """Everything that is missing, at once."""

    defects: Annotated[list[DefectIn], Field(min_length=1, max_length=50)]
    note: Words | None = None
    override_reason: Words | None = None


class Opinion(Body):
    """The opinion on this step."""

    opinion: Reason


class Return(Body):
    """Back to which step, and why."""

    to_step: Annotated[int, Field(ge=1, le=20)]
    reason: Reason


class Decide(Body):
    """The decision; a denial tells the applicant its reasons."""

    outcome: Decision
    opinion: Words


class Deliver(Body):
    """How the result reaches the applicant."""

    method: Delivery
    note: Words | None = None


class Dispatch(Body):
    """To which step of the route; without one, to the next."""

    to_step: Annotated[int, Field(ge=1, le=20)] | None = None
    note: Words | None = None


class Finish(Body):
    """What was done, as the applicant is told."""

    result: Reason
    note: Words | None = None


class Close(Body):
    """Why; needed where whoever asked has not confirmed."""

    reason: Words | None = None


class TransferIn(Body):
    """To which unit, and why."""

    unit_code: Annotated[str, Field(min_length=1, max_length=24)]
    reason: Reason
