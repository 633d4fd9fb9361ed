"""Appointments 预约: offices, slots and bookings."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record, Strict, uuid7
from models.case import Case
from models.catalogue import ServiceItem
from models.identity import Person, Resident
from models.organisation import OrgUnit


class AppointmentStatus(StrEnum):
    """The states of an appointment: three still to come, three that are over.

    All but `cancelled` take a seat of their slot.
    """

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    SERVED = "served"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class BookedBy(StrEnum):
    """Who booked; `booked_by_id` is the account or the member of staff."""

    ACCOUNT = "account"
    STAFF = "staff"


class Office(Record):
    """A place that serves residents in person, run by one unit.

    Its `code` is that of the files. `items` are the codes of all it serves; null for whatever is
    served at offices of its level. `lat` and `lng` are degrees (GCJ-02, as WeChat's
    wx.openLocation takes them).
    """

    code = fields.CharField(max_length=24, null=True)

    unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "offices", on_delete=fields.RESTRICT
    )
    name = fields.CharField(max_length=100)
    address = fields.CharField(max_length=200)
    phone = fields.CharField(max_length=20)
    lat = fields.FloatField(null=True)
    lng = fields.FloatField(null=True)
    items = fields.JSONField[list[str]](null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "office"
        indexes = (Index(fields=("unit_id",)),)


class OfficeClosure(Record):
    """A day on which the office is closed although its hours say otherwise."""

    office: ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "models.Office", "closures", on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    reason = fields.CharField(max_length=100)

    class Meta:
        table = "office_closure"


class OpeningHours(Record):
    """On this weekday (1 Monday to 7 Sunday) the office opens so many desks between two times."""

    office: ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "models.Office", "opening_hours", on_delete=fields.RESTRICT
    )
    weekday = fields.IntField()
    opens = fields.TimeField()
    closes = fields.TimeField()
    desks = fields.IntField()
    slot_minutes = fields.IntField()

    class Meta:
        table = "opening_hours"
        indexes = (Index(fields=("office_id",)),)


class Slot(Record):
    """A span of time with `capacity` for seats; triggers on them keep `booked` and `used`.

    `booked` can't pass `capacity`; once `used`, a slot is never deleted.
    """

    office: ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "models.Office", "slots", on_delete=fields.RESTRICT
    )
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.IntField()
    booked = fields.IntField(default=0)
    used = fields.BooleanField(db_default=False)

    class Meta:
        table = "slot"


class Appointment(Record):
    """One person's visit, for one item at most and on one day; `slot` is where it begins.

    `reminded_at` is when whoever booked was reminded the day before, since it was last moved, and
    `reminded_soon_at` within the last hour.
    """

    number = fields.CharField(max_length=24, unique=True)
    slot: ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", "appointments", on_delete=fields.RESTRICT, db_constraint=False
    )
    office: ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "models.Office", "appointments", on_delete=fields.RESTRICT, db_constraint=False
    )
    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "appointments", null=True, on_delete=fields.RESTRICT
    )
    person: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "appointments", null=True, on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    booked_by = fields.CharEnumField(BookedBy, max_length=16)
    booked_by_id = fields.UUIDField()
    item: ForeignKeyNullableRelation[ServiceItem] = fields.ForeignKeyField(
        "models.ServiceItem",
        "appointments",
        null=True,
        on_delete=fields.RESTRICT,
        db_constraint=False,
    )
    case: ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", "appointments", null=True, on_delete=fields.RESTRICT
    )
    day = fields.DateField()
    status = fields.CharEnumField(AppointmentStatus, max_length=16)
    check_in_code = fields.CharField(max_length=16)
    form_sealed = fields.BinaryField(null=True)
    version = fields.IntField(default=1)
    reminded_at = fields.DatetimeField(null=True)
    reminded_soon_at = fields.DatetimeField(null=True)

    class Meta:
        table = "appointment"
        indexes = (
            Index(fields=("resident_id", "id")),
            Index(fields=("person_id",)),
        )


class Seat(Strict):
    """What an appointment takes of a slot until it is cancelled; the triggers on it count."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    slot: ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", "seats", on_delete=fields.RESTRICT, db_constraint=False
    )
    appointment: ForeignKeyRelation[Appointment] = fields.ForeignKeyField(
        "models.Appointment", "seats", on_delete=fields.RESTRICT, db_constraint=False
    )

    class Meta:
        table = "seat"
        indexes = (Index(fields=("slot_id",)),)


class AppointmentEvent(Record):
    """One change of an appointment, which stands as `after` at `slot_id` since then; seq from 1.

    Never deleted, and never updated but for the reason, which goes with the account whose it is.
    """

    appointment: ForeignKeyRelation[Appointment] = fields.ForeignKeyField(
        "models.Appointment", "events", on_delete=fields.RESTRICT, db_constraint=False
    )
    seq = fields.IntField()
    action = fields.CharField(max_length=32)
    actor = fields.CharField(max_length=16)
    actor_id = fields.UUIDField(null=True)
    before = fields.CharEnumField(AppointmentStatus, max_length=16, null=True)
    after = fields.CharEnumField(AppointmentStatus, max_length=16)
    slot: ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", "events", on_delete=fields.RESTRICT, db_constraint=False
    )
    reason_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "appointment_event"
