"""A case as it is shown whole, handed over by PostgreSQL as those of lists are, see `listed`.

What is made an object of its own, only to be text again, would cost the most of an answer.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from backend.cases.record import listed, snapshot
from backend.cases.record.forms import Form
from backend.cases.record.listed import Listed
from backend.cases.record.snapshot import Event, Material, Snapshot
from backend.cases.rules.said import Supplement
from models import FiledBy

_FILED_BY = {each.value: each for each in FiledBy}


class Shown(NamedTuple):
    """What a list shows of the case, and the rest by the names of a `Snapshot`."""

    line: Listed
    filed_by: FiledBy
    received_unit_code: str | None
    by_mandate: bool
    supplement: Supplement | None
    form: Form | None
    form_no: int | None
    query_code: str | None
    events: tuple[Event, ...]
    materials: tuple[Material, ...]

    @property
    def events_told(self) -> list[Event]:
        """Those that the applicant sees, see `told`."""
        return snapshot.told(self.events)


async def read(row: Mapping[str, Any]) -> Shown:
    """The case of a row with the columns `statements.SHOWN`, and the query code if selected."""
    values, filed_by, received, by_mandate, events, materials = orjson.loads(row["shown"])
    (line,) = await listed.read([values])
    return Shown(
        line,
        _FILED_BY[filed_by],
        received,
        by_mandate,
        *snapshot.opened(line.id, row),
        snapshot.events(events),
        snapshot.materials(materials),
    )


def of(case: Snapshot) -> Shown:
    """The same of a case that was read as a snapshot, whole."""
    if case.filed_by is None:
        raise TypeError("a case that was not read whole does not say who filed it")
    return Shown(
        listed.of(case),
        case.filed_by,
        case.received_unit_code,
        case.by_mandate,
        case.supplement,
        case.form,
        case.form_no,
        case.query_code,
        case.events,
        case.materials,
    )
