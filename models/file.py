"""Files: what was uploaded, and the papers that were issued."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation
from tortoise.indexes import Index

from models.base import Record
from models.identity import Person, Resident
from models.organisation import OrgUnit, Staff


class StoredFile(Record):
    """A file: the bytes lie in the file store under the random `key`.

    Its owner is an account, a person, a member of staff or, of a paper, the unit that issued it,
    just one of them; `name_hash` tells equal names of one owner.
    """

    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "files", null=True, on_delete=fields.RESTRICT
    )
    resident_id: UUID | None
    person: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "files", null=True, on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "files", null=True, on_delete=fields.RESTRICT
    )
    staff_id: UUID | None
    unit: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "files", null=True, on_delete=fields.RESTRICT
    )
    unit_id: str | None
    key = fields.CharField(max_length=80, unique=True)
    name_sealed = fields.BinaryField()
    name_hash = fields.CharField(max_length=64)
    media_type = fields.CharField(max_length=64)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)

    class Meta:
        table = "stored_file"
        indexes = (Index(fields=("resident_id", "id")),)
