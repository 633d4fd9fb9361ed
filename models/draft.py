"""Applications that were begun."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.catalogue import ServiceItem
from models.identity import Resident


class Draft(Record):
    """An account's unchecked answers so far; the client made the id.

    `warned_for` is the end of which the account was told that it is near.
    """

    resident: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "drafts", on_delete=fields.RESTRICT
    )
    resident_id: UUID
    item: ForeignKeyRelation[ServiceItem] = fields.ForeignKeyField(
        "models.ServiceItem", "drafts", on_delete=fields.RESTRICT
    )
    item_version = fields.IntField()
    content_sealed = fields.BinaryField()
    file_ids: list[UUID] | None = ArrayField(element_type="uuid", null=True)
    updated_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    version = fields.IntField(default=1)
    warned_for = fields.DatetimeField(null=True)

    class Meta:
        table = "draft"
        indexes = (Index(fields=("resident_id",)), Index(fields=("expires_at",)))
