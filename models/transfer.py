"""Transfers 移交 of cases from one unit to another."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.case import Case
from models.organisation import OrgUnit, Staff


class TransferState(StrEnum):
    """What became of a transfer; LAPSED where the sender's unit brought the case on itself."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RECALLED = "recalled"
    LAPSED = "lapsed"


class CaseTransfer(Record):
    """A case that its holder sent to another unit; until that one accepts, the sender holds it.

    Why it was sent, and why refused, the case's events say.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "transfers", on_delete=fields.RESTRICT
    )
    case_id: UUID
    from_unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "transfers_sent", on_delete=fields.RESTRICT
    )
    from_unit_id: str
    to_unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "transfers_received", on_delete=fields.RESTRICT
    )
    to_unit_id: str
    sender: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "transfers", on_delete=fields.RESTRICT
    )
    sender_id: UUID
    state = fields.CharEnumField(TransferState, max_length=16, default=TransferState.OPEN)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "case_transfer"
        indexes = (Index(fields=("case_id", "id")), Index(fields=("created_at",)))
