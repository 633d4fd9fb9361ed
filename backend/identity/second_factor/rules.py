"""Who must have a second factor, and what a session still owes."""

from collections.abc import Iterable
from enum import StrEnum

from config.settings import settings
from models import Role

MUST_HAVE = frozenset({Role.APPROVER, Role.SUPERVISOR, Role.ADMIN})
"""Who decides, looks into every case of a subtree, or gives others their rights."""


class FactorState(StrEnum):
    """What is owed in a session: nothing (`none`), to set the factor up, its code; or it was given.

    `none` may set one up all the same.
    """

    NONE = "none"
    ENROL = "enrol"
    CODE = "code"
    GIVEN = "given"


def state(roles: Iterable[Role], *, enrolled: bool, given: bool) -> FactorState:
    """What is owed by who holds these roles."""
    wanted = settings().second_factors
    if wanted == "off":
        return FactorState.NONE
    if enrolled:
        return FactorState.GIVEN if given else FactorState.CODE
    if wanted == "required" and MUST_HAVE & set(roles):
        return FactorState.ENROL
    return FactorState.NONE
