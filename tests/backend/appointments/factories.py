"""Things to book and people who book them; a test names only what it is about."""

import itertools
from dataclasses import fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from tortoise import timezone

from backend.appointments.acts import booking
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.wishes import Wish
from backend.appointments.record.snapshot import Snapshot
from backend.catalogue import queries as catalogue
from backend.identity.actors import ResidentActor, StaffActor
from config import clock
from config.clock import CITY_TIME
from models import (
    Appointment,
    Assurance,
    Department,
    ItemVersion,
    Office,
    OpeningHours,
    OrgUnit,
    Person,
    Resident,
    Seat,
    ServiceItem,
    Slot,
    UnitLevel,
    VersionStatus,
    uuid7,
)
from tests.accounts import a_person, an_account

CITY, DISTRICT, STREET, COMMUNITY = "210100000000", "210102000000", "210102001000", "210102001001"
CHAIN = {
    CITY: ("沈阳市", UnitLevel.CITY),
    DISTRICT: ("和平区", UnitLevel.DISTRICT),
    STREET: ("浑河湾街道", UnitLevel.STREET),
    COMMUNITY: ("文安路社区", UnitLevel.COMMUNITY),
}
_serial = itertools.count(1)


async def a_unit(code: str = COMMUNITY) -> OrgUnit:
    """The community, with all above it, or the named unit of this chain."""
    codes = list(CHAIN)
    above = codes[: codes.index(code)]
    name, level = CHAIN[code]
    parent = await a_unit(above[-1]) if above else None
    path = "/".join([*above, code])
    found, _ = await OrgUnit.get_or_create(
        code=code, defaults={"name": name, "level": level, "parent": parent, "path": path}
    )
    return found


async def a_department(code: str = "MZ", *, level: str = "district") -> Department:
    found, _ = await Department.get_or_create(
        code=code, defaults={"name": f"{code}局", "kind": "government", "level": level}
    )
    return found


async def a_department_unit(code: str = "MZ", *, under: str = DISTRICT) -> OrgUnit:
    parent, department = await a_unit(under), await a_department(code)
    own = f"{under[:6]}-{code}"
    return await OrgUnit.create(
        code=own,
        name=f"和平区{code}局",
        level=UnitLevel.DEPARTMENT,
        parent=parent,
        department=department,
        path=f"{parent.path}/{own}",
    )


async def an_office(unit: OrgUnit | None = None, **given: Any) -> Office:
    unit = unit or await a_unit()
    values = {"name": f"{unit.name}便民服务站", "address": "文安路1号", "phone": "024-12345"}
    return await Office.create(unit=unit, **values | given, created_at=clock.now())


async def some_hours(
    office: Office, *, weekday: int = 1, opens: str = "09:00", closes: str = "11:00", desks: int = 2
) -> OpeningHours:
    return await OpeningHours.create(
        office=office,
        weekday=weekday,
        opens=time.fromisoformat(f"{opens}+08:00"),
        closes=time.fromisoformat(f"{closes}+08:00"),
        desks=desks,
        slot_minutes=30,
        created_at=clock.now(),
    )


async def a_slot(
    office: Office | None = None, *, capacity: int = 1, starts_at: datetime | None = None
) -> Slot:
    starts_at = starts_at or noon(days=1) + timedelta(minutes=next(_serial) % 300)
    return await Slot.create(
        office=office or await an_office(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        capacity=capacity,
        created_at=clock.now(),
    )


async def an_item(
    *levels: str, appointment: bool = True, department: str = "MZ", **given: Any
) -> ServiceItem:
    """A published item whose route takes these levels (community, street, department)."""
    number = next(_serial)
    level = "city" if department == "GJ" else "district"
    item = await ServiceItem.create(
        code=f"FW-TS-{number:05d}", department=await a_department(department, level=level)
    )
    values: dict[str, Any] = {
        "name": f"测试事项{number}",
        "type": "公共服务",
        "type_code": "20",
        "case_type": "承诺件",
        "min_assurance": Assurance.WECHAT,
        "appointment": appointment,
        "promised_days": 5,
        "promised_unit": "working_day",
        "supplement_days": 5,
        "guide": {"conditions": [], "category": "booking"},
        "materials": [],
        "form": {},
        "object_fields": [],
        "route": [
            a_step(level, of="city" if department == "GJ" else "district")
            for level in levels or ("community", "street", "department")
        ],
        "content_hash": "0" * 64,
        "created_at": clock.now(),
    }
    published = VersionStatus.PUBLISHED
    await ItemVersion.create(item=item, version=1, status=published, **values | given)
    await catalogue.load()
    return item


def a_step(level: str, *, of: str) -> dict[str, Any]:
    return {
        "no": 1,
        "level": level,
        "of": of if level == "department" else level,
        "name": "受理",
        "role": "clerk",
        "days": 1,
        "decides": False,
    }


async def a_resident(*, of: Person | None = None) -> ResidentActor:
    """An account, of this person or of nobody known."""
    openid = f"openid-{next(_serial)}"
    if of is None:
        return actor_of(await an_account(openid, assurance=Assurance.PHONE))
    return actor_of(await an_account(openid, assurance=Assurance.REAL_NAME, person_id=of.id))


def actor_of(row: Resident) -> ResidentActor:
    return ResidentActor(id=row.id, session_id=uuid7(), person_id=row.person_id)


async def become_known(resident: ResidentActor) -> ResidentActor:
    """The same account once its real name is known."""
    person = await a_person()
    known = {"assurance": Assurance.REAL_NAME, "person_id": person.id}
    await Resident.filter(id=resident.id).update(**known)
    return replace(resident, person_id=person.id)


async def book(slot_id: UUID, *, by: ResidentActor | Standing, **asked: Any) -> Snapshot:
    """The booking's appointment, as its answer would show it."""
    rendered: list[Snapshot] = []

    def render(appointment: Snapshot) -> bytes:
        rendered.append(appointment)
        return str(appointment.id).encode()

    given = {"now": clock.now()} | asked
    about = {field.name: given.pop(field.name) for field in fields(Wish) if field.name in given}
    if isinstance(by, Standing):
        await booking.book_at_window(slot_id, Wish(**about), by=by, render=render, **given)
    else:
        await booking.book(slot_id, Wish(**about), resident_id=by.id, render=render, **given)
    return rendered[-1]


async def at_a_window(slot_id: UUID, *, of: Person) -> UUID:
    """An appointment as staff book it for a person who has no account."""
    return (await book(slot_id, by=at_the_counter(of))).id


def at_the_counter(person: Person) -> Standing:
    """The person as somebody serves them at a window."""
    clerk = StaffActor(id=uuid7(), session_id=uuid7(), posts=())
    return Standing(person_id=person.id, staff=clerk, window="浑河湾第一社区")


async def cancel_all() -> None:
    """Have no booking any more, past all rules; what happened before stays."""
    await Seat.all().delete()
    await Appointment.all().update(status="cancelled")


async def booked_of(slot_id: UUID) -> int:
    return (await Slot.get(id=slot_id)).booked


def noon(*, days: int) -> datetime:
    """Noon in the city, so many days from now."""
    day = timezone.now().astimezone(CITY_TIME).date() + timedelta(days=days)
    return datetime.combine(day, time(12), CITY_TIME)
