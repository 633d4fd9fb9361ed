"""Mandates 授权: who may act for whom, in what and until when."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.file import StoredFile
from models.identity import Person
from models.organisation import OrgUnit, Staff


class Basis(StrEnum):
    """On what a mandate rests: a code that the agent gave, a signed paper, or guardianship."""

    CODE = "code"
    PAPER = "paper"
    GUARDIAN = "guardian"


class Right(StrEnum):
    """What an agent may: be shown what fills in a form, hand in and book, read the cases."""

    FILL = "fill"
    SUBMIT = "submit"
    READ = "read"


class RevokedBy(StrEnum):
    """Who ended a mandate; `replaced` by a newer one of the principal to the same agent."""

    PRINCIPAL = "principal"
    AGENT = "agent"
    WINDOW = "window"
    REPLACED = "replaced"


class GuardianProof(StrEnum):
    """By which document it was seen that somebody is the guardian of the principal."""

    BIRTH_CERTIFICATE = "birth_certificate"
    HOUSEHOLD_REGISTER = "household_register"
    ADOPTION_CERTIFICATE = "adoption_certificate"
    COURT_DECISION = "court_decision"
    APPOINTMENT = "appointment"
    AGREEMENT = "agreement"


class Mandate(Record):
    """The right of an agent, a person or the clerks of a unit, to act for the principal.

    `items` are codes, null for all. One that waits for its code has no agent yet, and
    `agent_phone_hash` says whose account may give it. It holds until the end of the day `until`.
    One that was made at a window has the unit, who of the staff made it, and the photo of what was
    seen: the signed paper, or the `proof` that the agent is the guardian.
    """

    principal: ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", "mandates_given", on_delete=fields.RESTRICT
    )
    principal_id: UUID
    agent: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "mandates_held", null=True, on_delete=fields.RESTRICT
    )
    agent_id: UUID | None
    unit: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "mandates", null=True, on_delete=fields.RESTRICT
    )
    unit_id: str | None
    items: list[str] | None = fields.JSONField(null=True)
    rights: list[str] = fields.JSONField()
    until = fields.DateField()
    basis = fields.CharEnumField(Basis, max_length=16)
    window: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "mandates_made", null=True, on_delete=fields.RESTRICT
    )
    window_id: str | None
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "mandates_made", null=True, on_delete=fields.RESTRICT
    )
    staff_id: UUID | None
    proof = fields.CharEnumField(GuardianProof, max_length=32, null=True)
    file: ForeignKeyNullableRelation[StoredFile] = fields.ForeignKeyField(
        "models.StoredFile", "mandates", null=True, on_delete=fields.RESTRICT
    )
    file_id: UUID | None
    agent_phone_hash = fields.CharField(max_length=64, null=True)
    code_hash = fields.CharField(max_length=64, null=True)
    code_until = fields.DatetimeField(null=True)
    tries = fields.IntField(db_default=0)
    accepted_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.CharEnumField(RevokedBy, max_length=16, null=True)

    class Meta:
        table = "mandate"
        indexes = (
            Index(fields=("principal_id", "id")),
            Index(fields=("agent_id", "id")),
            Index(fields=("unit_id", "id")),
            Index(fields=("file_id",)),
        )
