"""The tables as SQLAlchemy's ORM sees them: the columns that are written or shown."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, func
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Times carry their offset, dicts are jsonb."""

    type_annotation_map = {datetime: TIMESTAMP(timezone=True), dict[str, Any]: JSONB}


class Row(Base):
    """What all rows have."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(default=func.now())


class ItemVersion(Row):
    """A version of a service item."""

    __tablename__ = "item_version"

    item_id: Mapped[str]
    status: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]


class OrgUnit(Base):
    """A unit of the organisation."""

    __tablename__ = "org_unit"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    path: Mapped[str]


class Person(Row):
    """Somebody who applies."""

    __tablename__ = "person"

    name_sealed: Mapped[bytes]

    @property
    def name_masked(self) -> str:
        """As long as a masked name; what is not sealed is shown without being opened."""
        return f"{self.name_sealed[0]}*"


class Case(Row):
    """A case with its events, materials and tasks."""

    __tablename__ = "case"

    number: Mapped[str]
    resident_id: Mapped[UUID]
    subject_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    filed_by: Mapped[str] = mapped_column(default="account")
    filed_by_id: Mapped[UUID]
    item_id: Mapped[str]
    item_version_id: Mapped[UUID] = mapped_column(ForeignKey("item_version.id"))
    community_id: Mapped[str]
    community_path: Mapped[str]
    department_unit_id: Mapped[str]
    status: Mapped[str]
    step: Mapped[int]
    holder_id: Mapped[str]
    holder_since: Mapped[datetime]
    object_key: Mapped[str] = mapped_column(default="peer")
    outcome: Mapped[str | None]
    submitted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    notice_due_at: Mapped[datetime]
    promised_due_at: Mapped[datetime | None]
    statutory_due_at: Mapped[datetime | None]
    query_code_sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)

    events: Mapped[list["CaseEvent"]] = relationship(order_by="CaseEvent.seq")
    forms: Mapped[list["CaseForm"]] = relationship()
    materials: Mapped[list["CaseMaterial"]] = relationship(order_by="CaseMaterial.id")
    tasks: Mapped[list["Task"]] = relationship(back_populates="case")
    subject: Mapped[Person | None] = relationship()


class CaseEvent(Row):
    """One change of a case."""

    __tablename__ = "case_event"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    seq: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    after: Mapped[str]
    step: Mapped[int]
    unit_id: Mapped[str]


class CaseForm(Row):
    """A form as it was handed in."""

    __tablename__ = "case_form"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    no: Mapped[int] = mapped_column(default=1)
    actor: Mapped[str] = mapped_column(default="resident")
    actor_id: Mapped[UUID]
    form_sealed: Mapped[bytes]


class CaseMaterial(Row):
    """A paper of a case."""

    __tablename__ = "case_material"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    code: Mapped[str]
    file_id: Mapped[UUID]
    verdict: Mapped[str] = mapped_column(default="pending")


class Task(Row):
    """One step of a case in a unit's hands."""

    __tablename__ = "task"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    step: Mapped[int]
    unit_id: Mapped[str]
    role: Mapped[str]
    assignee_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="tasks")


class CaseTransfer(Row):
    """A case that a unit sent to another one."""

    __tablename__ = "case_transfer"

    to_unit_id: Mapped[str]
    state: Mapped[str]


class Slot(Row):
    """A time with seats; the database's trigger counts `booked` when a seat is written."""

    __tablename__ = "slot"

    office_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    capacity: Mapped[int]
    booked: Mapped[int]


class Appointment(Row):
    """A visit of one person, who has a seat of its slot."""

    __tablename__ = "appointment"

    number: Mapped[str]
    slot_id: Mapped[UUID]
    office_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    booked_by: Mapped[str] = mapped_column(default="account")
    booked_by_id: Mapped[UUID]
    item_id: Mapped[str | None]
    day: Mapped[date]
    status: Mapped[str] = mapped_column(default="booked")
    check_in_code: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    events: Mapped[list["AppointmentEvent"]] = relationship()
    seats: Mapped[list["Seat"]] = relationship()


class Seat(Base):
    """What an appointment takes of a slot."""

    __tablename__ = "seat"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slot_id: Mapped[UUID]
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))


class AppointmentEvent(Row):
    """One change of an appointment."""

    __tablename__ = "appointment_event"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    seq: Mapped[int] = mapped_column(default=1)
    action: Mapped[str]
    actor: Mapped[str]
    actor_id: Mapped[UUID]
    after: Mapped[str]
    slot_id: Mapped[UUID]


class Message(Row):
    """A line in an inbox."""

    __tablename__ = "message"

    recipient: Mapped[str] = mapped_column(default="resident")
    resident_id: Mapped[UUID | None]
    unit_id: Mapped[str | None]
    role: Mapped[str | None]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    case_id: Mapped[UUID | None]
    appointment_id: Mapped[UUID | None]

    deliveries: Mapped[list["Delivery"]] = relationship()


class Resident(Row):
    """Who is written to."""

    __tablename__ = "resident"

    # The peer seals nothing: the bench's residents have a hash that is the account.
    openid: Mapped[str] = mapped_column("openid_hash")


class Delivery(Row):
    """A copy of a message on its way."""

    __tablename__ = "delivery"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"))
    channel: Mapped[str] = mapped_column(default="wechat")
    template: Mapped[str]
    page: Mapped[str]
    data: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]

    resident: Mapped[Resident] = relationship()
