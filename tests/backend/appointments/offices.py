"""Single offices of the sample city, for who needs not all of them."""

from backend.appointments.plan import own_offices
from models import OrgUnit
from tests.backend.appointments.factories import an_office


async def open_some(*codes: str) -> None:
    """Open offices as the files have them: units by code, or departments' offices."""
    own = {office.row.code: office for office in own_offices.read([]).offices}
    for code in codes:
        if code not in own:
            await an_office(await OrgUnit.get(code=code), code=code)
            continue
        office = own[code]
        row = office.row.model_dump(include={"code", "name", "address", "phone", "lat", "lng"})
        await an_office(await OrgUnit.get(code=office.unit), **row, items=office.kind.items)
