"""Uploaded files."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.identity import Resident


class StoredFile(Record):
    """A resident's upload: the bytes lie in the file store under the random `key`.

    `name_hash` tells equal names of one resident.
    """

    resident: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "files", on_delete=fields.RESTRICT
    )
    resident_id: UUID
    key = fields.CharField(max_length=80, unique=True)
    name_sealed = fields.BinaryField()
    name_hash = fields.CharField(max_length=64)
    media_type = fields.CharField(max_length=64)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)

    class Meta:
        table = "stored_file"
        indexes = (Index(fields=("resident_id",)),)
