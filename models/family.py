"""Family copies 家人提醒: who hears that something of somebody's goes on, by consent of both."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.identity import Resident


class FamilySide(StrEnum):
    """The two sides: whose matters they are, and who is told that something goes on."""

    PRINCIPAL = "principal"
    RELATIVE = "relative"


class FamilyCopy(Record):
    """That `relative` is told when something of the principal's goes on, and nothing of what.

    One that waits for its code has no relative yet; `phone_hash` says whose account may give it.
    """

    principal: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "family_named", on_delete=fields.RESTRICT
    )
    principal_id: UUID
    relative: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "family_followed", null=True, on_delete=fields.RESTRICT
    )
    relative_id: UUID | None
    phone_hash = fields.CharField(max_length=64)
    code_hash = fields.CharField(max_length=64)
    code_until = fields.DatetimeField()
    tries = fields.IntField(db_default=0)
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharEnumField(FamilySide, max_length=16, null=True)

    class Meta:
        table = "family_copy"
        indexes = (
            Index(fields=("principal_id", "id")),
            Index(fields=("relative_id", "id")),
        )
