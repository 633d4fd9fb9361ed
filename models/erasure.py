"""Erasure 注销: whose account was closed, and whether all that has to go is gone."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation

from models.base import Record
from models.identity import Person, Resident


class ErasureState(StrEnum):
    """The account is closed when it begins; done when nothing erasable is left."""

    BEGUN = "begun"
    DONE = "done"


class Erasure(Record):
    """One account's erasure; `cause` is the event that asked for it.

    `person` is whose account it was, until it is done.
    """

    resident: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "erasures", on_delete=fields.RESTRICT
    )
    person: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "erasures", null=True, on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    cause = fields.CharField(max_length=64)
    state = fields.CharEnumField(ErasureState, max_length=16)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure"
