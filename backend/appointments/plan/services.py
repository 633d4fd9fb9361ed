"""Which offices serve which items."""

from collections.abc import Iterable

from backend.appointments.record.places import Office
from backend.appointments.rules.refusals import ItemNotServed
from backend.catalogue.versions import ItemVersion
from models import UnitLevel


def serves(office: Office, item: ItemVersion) -> bool:
    """Whether the item is served there.

    Any office of a level will do, wherever in the city (全市通办). An office of a department
    serves that department's items, and of these only its own where it names them.
    """
    if office.unit_level is not UnitLevel.DEPARTMENT:
        return office.unit_level in item.offices_at
    return (
        UnitLevel.DEPARTMENT in item.offices_at
        and office.department_code == item.department_code
        and (office.items is None or item.code in office.items)
    )


def check(item: ItemVersion, office: Office, *, field: str) -> None:
    """Refuse with ItemNotServed an office that does not serve the item."""
    if not serves(office, item):
        raise ItemNotServed(office=office.name, item=item.name, field=field)


def bring(item: ItemVersion) -> list[str]:
    """The names of the papers that whoever comes for the item has to bring."""
    return [
        paper["name"]
        for paper in item.materials
        if paper["provided_by"] == "applicant" and (paper["required"] or paper["bring_to_window"])
    ]


def at(office: Office, items: Iterable[ItemVersion]) -> list[ItemVersion]:
    """Those of the items that are served there."""
    return [item for item in items if serves(office, item)]
