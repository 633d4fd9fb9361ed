"""Service items 事项 and their versions."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record, Strict
from models.organisation import Department


class Assurance(StrEnum):
    """How surely we know the resident; declared from weakest to strongest."""

    WECHAT = "wechat"
    PHONE = "phone"
    REAL_NAME = "real_name"


class Flow(StrEnum):
    """How what is asked for goes its way: each flow has its own moves and words.

    One that is booked has no case: it is an appointment.
    """

    APPROVAL = "approval"
    REQUEST = "request"
    BOOKING = "booking"
    ENROL = "enrol"


class VersionStatus(StrEnum):
    """A version is edited as draft, frozen when published, and withdrawn when replaced."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ServiceItem(Strict):
    """A service item of the catalogue; what it asks and promises stands in its versions."""

    code = fields.CharField(max_length=50, primary_key=True)
    department: ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", "items", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "service_item"
        indexes = (Index(fields=("department_id",)),)


class ItemVersion(Record):
    """One version of a service item; frozen by the database once published."""

    item: ForeignKeyRelation[ServiceItem] = fields.ForeignKeyField(
        "models.ServiceItem", "versions", on_delete=fields.RESTRICT
    )
    version = fields.IntField()
    status = fields.CharEnumField(VersionStatus, max_length=16)
    published_at = fields.DatetimeField(null=True)
    name = fields.CharField(max_length=100)
    type = fields.CharField(max_length=32)
    type_code = fields.CharField(max_length=2)
    case_type = fields.CharField(max_length=16)
    flow = fields.CharEnumField(Flow, max_length=16, db_default=Flow.APPROVAL)
    places = fields.IntField(null=True)
    min_assurance = fields.CharEnumField(Assurance, max_length=16)
    appointment = fields.BooleanField()
    notice_days = fields.IntField(db_default=5)
    notice_unit = fields.CharField(max_length=16, db_default="working_day")
    statutory_days = fields.IntField(null=True)
    statutory_unit = fields.CharField(max_length=16, null=True)
    promised_days = fields.IntField()
    promised_unit = fields.CharField(max_length=16)
    supplement_days = fields.IntField()
    guide = fields.JSONField[dict[str, Any]]()
    materials = fields.JSONField[list[dict[str, Any]]]()
    form = fields.JSONField[dict[str, Any]]()
    layout = fields.JSONField[list[dict[str, Any]]](db_default=[])
    object_fields = fields.JSONField[list[str]]()
    route = fields.JSONField[list[dict[str, Any]]]()
    offices_at = fields.JSONField[list[str]](null=True)
    content_hash = fields.CharField(max_length=64)

    class Meta:
        table = "item_version"
