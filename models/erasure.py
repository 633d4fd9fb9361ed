"""Erasure 注销: whose account was closed, and whether all that has to go is gone."""

from enum import StrEnum

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation

from models.base import Record
from models.identity import Resident


class ErasureState(StrEnum):
    """The account is closed when it begins; done when nothing erasable is left."""

    BEGUN = "begun"
    DONE = "done"


class Erasure(Record):
    """One account's erasure; `cause` is the event that asked for it."""

    resident: ForeignKeyRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "erasures", on_delete=fields.RESTRICT
    )
    cause = fields.CharField(max_length=64)
    state = fields.CharEnumField(ErasureState, max_length=16)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure"
