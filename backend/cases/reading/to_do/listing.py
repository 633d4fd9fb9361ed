"""The to-do 待办: the open tasks of somebody's units, filtered, and counted by light."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from typing_extensions import TypedDict

from backend.cases.clock import limits
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do import statements, tasks
from backend.cases.reading.to_do.statements import Sort, ToDoAsked, Whose
from backend.cases.reading.to_do.tasks import OpenTask
from backend.cases.record import listed, times
from backend.cases.rules.refusals import DatesReversed, ItemNotKnown, UnitNotMine
from backend.catalogue import queries as catalogue
from backend.identity import profiles
from backend.identity.actors import StaffActor
from config.clock import CITY_TIME
from config.database import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tasks, and in which order.

    `first` and `last` are days of what they are sorted by: of the arrival, or of the due date.
    """

    whose: Whose = "unit"
    sort: Sort = "received"
    light: Light | None = None
    first: date | None = None
    last: date | None = None
    item: str | None = None
    unit: str | None = None


class Place(NamedTuple):
    """Where a page begins: after the task of this time and id."""

    at: str
    task_id: UUID


class TaskCounts(TypedDict):
    """How many open tasks the filters find, whatever their light.

    Mine, of my units, and of colleagues whose deputy I am; and by light those of the scope. Of no
    filter `incoming`: how many transfers wait for my units' answer.
    """

    mine: int
    unit: int
    deputy: int
    incoming: int
    red: int
    yellow: int
    green: int
    grey: int


class ToDo(NamedTuple):
    """A page of open tasks, and how many there are of one moment."""

    tasks: list[OpenTask]
    counts: TaskCounts


@dataclass(slots=True)
class _Parameters:
    """The values of a statement; each gets its placeholder."""

    values: list[Any] = field(default_factory=list)

    def bind(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def bind_some(self, value: object) -> str | None:
        return None if value is None else self.bind(value)


async def check(wanted: Wanted, by: StaffActor) -> None:
    """Refuse filters by which nothing could be found: ItemNotKnown, UnitNotMine, DatesReversed."""
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise DatesReversed
    if wanted.unit is not None and wanted.unit not in tasks.seen_by(by):
        raise UnitNotMine
    if wanted.item is not None and not await catalogue.known(wanted.item):
        raise ItemNotKnown


async def to_do(
    by: StaffActor,
    wanted: Wanted = Wanted(),
    *,
    after: Place | None = None,
    limit: int,
    now: datetime,
) -> ToDo:
    """Open tasks of the actor's units and of those that they supervise, and the counts."""
    units = tasks.seen_by(by)
    given = _Parameters()
    asked = ToDoAsked(
        units=given.bind([unit for unit in units if wanted.unit in {None, unit}]),
        mine=given.bind(tasks.units_of(by)),
        me=given.bind(by.id),
        deputy_for=given.bind(list(by.deputy_for)),
        now=given.bind(now),
        yellow_until=given.bind(limits.yellow_until(now)),
        limit=given.bind(limit),
        item=given.bind_some(wanted.item),
        first=given.bind_some(_begin(wanted.first)),
        end=given.bind_some(_begin(wanted.last and wanted.last + timedelta(days=1))),
        after=(given.bind(after.at), given.bind(after.task_id)) if after else None,
    )
    sql = statements.to_do(asked, whose=wanted.whose, sort=wanted.sort, light=wanted.light)
    (row,) = await connection().execute_query_dict(sql, given.values)
    by_light = {light: row[light] for light in Light}
    counts: TaskCounts = {
        "mine": row["mine"],
        "unit": row.get("unit", sum(by_light.values())),
        "deputy": row["deputy"],
        "incoming": row["incoming"],
        "red": by_light[Light.RED],
        "yellow": by_light[Light.YELLOW],
        "green": by_light[Light.GREEN],
        "grey": by_light[Light.GREY],
    }
    return ToDo(await _tasks(orjson.loads(row["tasks"] or b"[]")), counts)


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, CITY_TIME)


async def _tasks(rows: list[list[Any]]) -> list[OpenTask]:
    cases = await listed.read([row[-1] for row in rows])
    return [
        OpenTask(
            id=task_id,
            case=case,
            step=step,
            unit_code=unit_code,
            assignee_id=assignee_id,
            due_at=times.told(due_at) if due_at else None,
            received_at=times.told(received_at),
            community_code=community_code,
            applicant_masked=profiles.name_masked(person_id, name),
        )
        for (
            task_id,
            step,
            unit_code,
            assignee_id,
            due_at,
            received_at,
            community_code,
            person_id,
            name,
            _,
        ), case in zip(rows, cases, strict=True)
    ]
