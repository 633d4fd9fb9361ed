"""What is said with an action, as its event keeps it; None where something was not said."""

from typing import NotRequired, TypedDict

from backend.catalogue.shapes import Delivery


class AskedDefect(TypedDict):
    """One thing to put right: a material (by code) or a field of the form (dotted name)."""

    material_code: NotRequired[str]
    field: NotRequired[str]
    reason: str


class Supplement(TypedDict):
    """What the applicant was asked to put right, and until when (ISO 8601)."""

    defects: list[AskedDefect]
    due_at: str


class Public(TypedDict, total=False):
    """What the applicant is told; `defects` and `due_at` are those of a Supplement.

    `at_window` where a window did it for the applicant: the unit of the event; `by_mandate` where
    they gave it a mandate and did not come; `by_agent` where somebody with a mandate did it.
    """

    reason: str | None
    go_to: str | None
    result: str
    method: Delivery
    at_window: bool
    by_mandate: bool
    by_agent: bool
    defects: list[AskedDefect]
    due_at: str


class Internal(TypedDict, total=False):
    """What only staff see; `acting_for`, `assigned_from`, `assigned_to`, `recused`: ids of staff.

    `transfer_to` is the code of the unit that a case was sent to.
    """

    opinion: str
    note: str | None
    reason: str
    override_reason: str | None
    acting_for: str
    assigned_from: str
    assigned_to: str
    transfer_to: str
    recused: str
