"""Messages: the inboxes, deliveries, subscription credit, and what WeChat pushed to us."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.appointment import Appointment
from models.base import Record, Strict
from models.case import Case
from models.identity import Resident
from models.organisation import OrgUnit, Role, Staff


class RecipientKind(StrEnum):
    """Whose inbox a message is in: `unit_role` is whoever has that role in that unit.

    `person` is somebody without an account, whose accounts will have it.
    """

    RESIDENT = "resident"
    PERSON = "person"
    STAFF = "staff"
    UNIT_ROLE = "unit_role"
    SYSTEM = "system"


class Channel(StrEnum):
    """How a copy of a message travels."""

    WECHAT = "wechat"
    SMS = "sms"
    WECOM = "wecom"


class DeliveryStatus(StrEnum):
    """What became of a delivery; `sent` is WeChat's answer, `delivered` its later event."""

    PENDING = "pending"
    SENDING = "sending"
    WAITING_CREDIT = "waiting_credit"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DROPPED = "dropped"


class Importance(StrEnum):
    """How much a message matters to who is told, most first.

    `act`: they must do something. `result`: what they asked for has its answer. `info`: it goes on.
    `echo`: they did it themselves.
    """

    ACT = "act"
    RESULT = "result"
    INFO = "info"
    ECHO = "echo"


class DropReason(StrEnum):
    """Why a copy was not sent, though nothing failed; the message is in the inbox all the same.

    `kept`: the last credits are for what matters more. `superseded`: a later message of the same
    case says more, or the case has moved on. `merged`: a later copy tells of it as well. `muted`:
    they want it there no more. `handed_on`: it was not sent in time, and another channel has it.
    `no_address`: none is known of them on this channel. `limit`: as many as a day allows were sent.
    """

    ECHO = "echo"
    INBOX_ONLY = "inbox_only"
    NO_SUBSCRIPTION = "no_subscription"
    NO_CREDIT = "no_credit"
    KEPT = "kept"
    SUPERSEDED = "superseded"
    MERGED = "merged"
    MUTED = "muted"
    HANDED_ON = "handed_on"
    NO_ADDRESS = "no_address"
    LIMIT = "limit"


class Message(Record):
    """A line in an inbox: the truth, written with the change it tells of.

    The recipient's columns and no others are set; `system` is the name of a program outside.
    `by_staff` is who made the change, and is not told of it. `read_at` is the resident's or the
    person's; who of the staff has read it is in message_read. `wording` is the version of the words
    that it is in.
    """

    recipient = fields.CharEnumField(RecipientKind, max_length=16)
    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "messages", null=True, on_delete=fields.RESTRICT
    )
    person_id = fields.UUIDField(null=True)
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "messages", null=True, on_delete=fields.RESTRICT
    )
    unit: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit",
        "messages",
        null=True,
        on_delete=fields.RESTRICT,
        db_constraint=False,
    )
    role = fields.CharEnumField(Role, max_length=16, null=True)
    system = fields.CharField(max_length=64, null=True)
    by_staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "told_messages", null=True, on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=48)
    importance = fields.CharEnumField(Importance, max_length=8, null=True)
    wording = fields.CharField(max_length=8, null=True)
    title = fields.CharField(max_length=100)
    body = fields.CharField(max_length=1000)
    case: ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", "messages", null=True, on_delete=fields.RESTRICT
    )
    appointment: ForeignKeyNullableRelation[Appointment] = fields.ForeignKeyField(
        "models.Appointment",
        "messages",
        null=True,
        on_delete=fields.RESTRICT,
        db_constraint=False,
    )
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"


class MessageRead(Record):
    """A member of staff has read a message, since `created_at`; once each."""

    message: ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", "reads", on_delete=fields.CASCADE
    )
    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "reads", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "message_read"


class Delivery(Record):
    """A copy of a message on its way over one channel; due again if its sender dies.

    It is a resident's, or that of one member of staff, also where a role of a unit was told.
    What is `important` (act, result) goes before the rest, and on to the next channel where this
    one does not deliver it: `handed_on_at` is when that was decided. It leaves `reserve` credits of
    its template for what matters more. `reason` is why it was dropped, or would be if nothing
    changed. Until `held_until` it was held back, since its change came at night or others may
    follow at once; what was merged says with which copy it went, `merged_into`.
    """

    message: ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", "deliveries", on_delete=fields.RESTRICT
    )
    message_id: UUID
    channel = fields.CharEnumField(Channel, max_length=16)
    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "deliveries", null=True, on_delete=fields.RESTRICT, db_constraint=False
    )
    resident_id: UUID | None
    staff_id = fields.UUIDField(null=True)
    template = fields.CharField(max_length=64)
    page = fields.CharField(max_length=200)
    data = fields.JSONField[dict[str, Any]]()
    status = fields.CharEnumField(DeliveryStatus, max_length=16, default=DeliveryStatus.PENDING)
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    held_until = fields.DatetimeField(null=True)
    merged_into_id = fields.UUIDField(null=True)
    sent_at = fields.DatetimeField(null=True)
    errcode = fields.IntField(null=True)
    error = fields.CharField(max_length=200, null=True)
    reserve = fields.IntField(db_default=0)
    reason = fields.CharEnumField(DropReason, max_length=16, null=True)
    provider_id = fields.CharField(max_length=64, null=True)
    important = fields.BooleanField(db_default=False)
    handed_on_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        indexes = (Index(fields=("message_id",)), Index(fields=("provider_id",)))


class MutedKind(Record):
    """A kind of message that somebody wants over a channel no more; whatever is not here goes."""

    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "muted_kinds", null=True, on_delete=fields.RESTRICT
    )
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "muted_kinds", null=True, on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=48)
    channel = fields.CharEnumField(Channel, max_length=16)

    class Meta:
        table = "muted_kind"


class SubscriptionCredit(Record):
    """How often we may still write to a resident by a template; counted anew after a refusal.

    Spendable: greatest(hints, grants) - spent, since hints and events tell of the same taps.
    """

    resident: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "credits", on_delete=fields.RESTRICT
    )
    template = fields.CharField(max_length=64)
    hints = fields.IntField(default=0)
    grants = fields.IntField(default=0)
    spent = fields.IntField(default=0)
    refused_at = fields.DatetimeField(null=True)

    class Meta:
        table = "subscription_credit"


class CreditEntry(Record):
    """One line of the ledger behind a credit: hint, grant, spend, refund, void."""

    credit: ForeignKeyRelation[SubscriptionCredit] = fields.ForeignKeyField(
        "models.SubscriptionCredit", "entries", on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=16)
    delivery: ForeignKeyNullableRelation[Delivery] = fields.ForeignKeyField(
        "models.Delivery", "credit_entries", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "credit_entry"
        indexes = (Index(fields=("credit_id",)),)


class PushEvent(Strict):
    """A push of WeChat that has been handled; a second one with this digest is a redelivery."""

    digest = fields.CharField(max_length=64, primary_key=True)
    event = fields.CharField(max_length=64)
    received_at = fields.DatetimeField()

    class Meta:
        table = "push_event"
