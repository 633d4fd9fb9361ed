"""Papers 文书: what the administration gives in writing."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyRelation, OneToOneNullableRelation

from models.base import Record, Strict
from models.case import Case
from models.file import StoredFile
from models.organisation import OrgUnit


class PaperKind(StrEnum):
    """The papers there are; values are API and database at once: only added to, never renamed."""

    RECEIPT = "receipt"
    SUPPLEMENT_NOTICE = "supplement_notice"
    ACCEPTANCE = "acceptance"
    NON_ACCEPTANCE = "non_acceptance"
    DECISION = "decision"
    PROOF_OF_SERVICE = "proof_of_service"


class Paper(Record):
    """A paper on the event `seq` of a case; `created_at` is when it was issued.

    `content_sealed` is all that it says, `layout` the number of the layout it is drawn with: both
    together make its bytes. Its file is drawn after that, so for a moment there is none.
    `code_hash` finds it by the code that anybody checks it with.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "papers", on_delete=fields.RESTRICT
    )
    case_id: UUID
    kind = fields.CharEnumField(PaperKind, max_length=32)
    seq = fields.IntField()
    unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "papers", on_delete=fields.RESTRICT
    )
    number = fields.CharField(max_length=64, unique=True)
    layout = fields.IntField()
    code_hash = fields.CharField(max_length=64, unique=True)
    content_sealed = fields.BinaryField()
    file: OneToOneNullableRelation[StoredFile] = fields.OneToOneField(
        "models.StoredFile", "paper", null=True, on_delete=fields.RESTRICT
    )
    file_id: UUID | None
    revoked_at = fields.DatetimeField(null=True)
    revoked_by_id = fields.UUIDField(null=True)
    revoke_reason_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "paper"


class PaperSeries(Strict):
    """The last number given in a series, such as 沈和民决字〔2026〕: they have no gaps."""

    name = fields.CharField(max_length=48, primary_key=True)
    newest = fields.IntField()

    class Meta:
        table = "paper_series"
