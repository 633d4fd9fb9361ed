"""What residents say with a case: the bodies of its verbs."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend.http.body import Body
from backend.http.views.materials import Materials
from config.texts import VISIBLE


class SubmitCase(Body):
    """An application; what the form leaves out of the profile is filled in."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    draft_id: Annotated[UUID, Field(strict=False)] | None = None


class Supplement(Body):
    """The answer to a supplement request; a form given replaces the whole form."""

    form: dict[str, Any] | None = None
    materials: Materials = []


class Withdraw(Body):
    """Why, if the applicant likes to say."""

    reason: Annotated[str, Field(max_length=200)] | None = None


class Reopen(Body):
    """What was not solved."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]
