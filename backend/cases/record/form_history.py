"""The forms of a case as they were handed in: numbered from 1, the newest counts, all are kept."""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases.record import forms, statements
from backend.cases.record.forms import Form
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import ResidentActor, StaffActor
from config.clock import CITY_TIME
from config.database import connection
from models import CaseForm, uuid7

_NOTHING = object()


class FormHandedIn(NamedTuple):
    """One form, and where it differs from the one before."""

    no: int
    at: datetime
    form: Form
    changed: list[str]


async def add(case: Snapshot, form: Form, *, by: StaffActor | ResidentActor, now: datetime) -> None:
    """Keep one more form of the case, which the caller has locked."""
    form_id = uuid7()
    await CaseForm.create(
        id=form_id,
        created_at=now,
        case_id=case.id,
        no=(case.form_no or 0) + 1,
        actor="staff" if isinstance(by, StaffActor) else "resident",
        actor_id=by.id,
        form_sealed=forms.sealed(form, form_id),
    )


async def of_case(case_id: UUID) -> list[FormHandedIn]:
    """All forms of the case, the first one first."""
    rows = await connection().execute_query_dict(statements.FORMS, [case_id])
    found: list[FormHandedIn] = []
    for row in rows:
        form, no = forms.opened(row)
        differing = changed(found[-1].form, form) if found else []
        found.append(FormHandedIn(no, row["at"].astimezone(CITY_TIME), form, differing))
    return found


def changed(before: Form, after: Form) -> list[str]:
    """Where two forms differ, dotted as in the answers to a faulty form.

    What came or went, a block or an entry of a list, is named as a whole.
    """
    return list(_changed(before, after, ""))


def _changed(before: Any, after: Any, place: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        parts = {
            name: (before.get(name, _NOTHING), after.get(name, _NOTHING))
            for name in [*before, *after]
        }
    elif isinstance(before, list) and isinstance(after, list):
        entries = zip_longest(before, after, fillvalue=_NOTHING)
        parts = {str(number): pair for number, pair in enumerate(entries)}
    else:
        if before != after:
            yield place
        return
    for name, (was, now) in parts.items():
        yield from _changed(was, now, f"{place}.{name}" if place else name)
