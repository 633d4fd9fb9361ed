"""Which offices serve which items."""

from backend.appointments.record.places import Office
from backend.appointments.rules.refusals import ItemNotServed
from backend.catalogue.versions import ItemVersion
from models import UnitLevel


def levels(item: ItemVersion) -> frozenset[UnitLevel]:
    """The levels of the units whose offices serve the item: those that take a step of its route.

    Any community or street of the city will do (全市通办). A step of a department is served in the
    hall of its district or of the city.
    """
    return frozenset(UnitLevel(step.of) for step in item.route)


def department(item: ItemVersion) -> str | None:
    """The department whose own offices serve the item, if one takes a step of its route."""
    takes_part = any(step.level == UnitLevel.DEPARTMENT for step in item.route)
    return item.department_code if takes_part else None


def check(item: ItemVersion, office: Office, *, field: str) -> None:
    """Refuse with ItemNotServed an office that does not serve the item."""
    if office.unit_level in levels(item):
        return
    if office.department_code is not None and office.department_code == department(item):
        return
    raise ItemNotServed(office=office.name, item=item.name, field=field)
