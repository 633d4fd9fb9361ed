"""The forms of a case as staff see them: masked, one after the other."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from backend.cases.record import form_history
from backend.cases.record.snapshot import Snapshot
from backend.catalogue import forms


class FormView(TypedDict):
    """A form as it was handed in, masked; `changed` is where it differs from the one before.

    Places are dotted as in the answers to a faulty form, without the leading `form.`.
    """

    no: int
    at: datetime
    form: dict[str, Any]
    changed: list[str]


class FormListing(TypedDict):
    """All forms of a case, the first one first."""

    items: list[FormView]


async def form_listing(case: Snapshot) -> FormListing:
    """The forms of the case as they were handed in, one after the other."""
    found = await form_history.of_case(case.id)
    return {
        "items": [
            {
                "no": each.no,
                "at": each.at,
                "form": forms.masked(case.item, each.form),
                "changed": each.changed,
            }
            for each in found
        ]
    }
