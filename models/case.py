"""Cases 办件: the row, its events, papers, intakes, recusals and outlooks."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record
from models.catalogue import ItemVersion, ServiceItem
from models.file import StoredFile
from models.identity import Person, Resident
from models.organisation import OrgUnit, Staff


class CaseStatus(StrEnum):
    """The states of a case; values are API and database at once: only added to, never renamed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"
    UNDER_REVIEW = "under_review"
    SUSPENDED = "suspended"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    DISPATCHED = "dispatched"
    DONE = "done"
    ENROLLED = "enrolled"


class FiledBy(StrEnum):
    """Who handed a case in; its `filed_by_id` is the account, the member of staff or the device."""

    ACCOUNT = "account"
    STAFF = "staff"
    DEVICE = "device"


class ConsentKind(StrEnum):
    """How somebody agreed that a window files for them: there, or by a mandate to its unit."""

    SIGNATURE = "signature"
    PAPER = "paper"
    ORAL = "oral"
    MANDATE = "mandate"


class Verdict(StrEnum):
    """What staff said of one material."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Case(Record):
    """One application for one service item, kept in that item's version for life.

    `supplement_sealed` is what is being asked for; `subject` is whose right it is, once proven;
    `resident` the account that filed it, none where a window did; `received_unit` that window.
    `object_key` tells two cases of one item apart, `named_hash` is of the ID number in the form,
    which nobody need have proven. At `warn_at` the applicant is told that what is asked for is soon
    due; none once that was done.
    """

    number = fields.CharField(max_length=21, unique=True)
    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "cases", null=True, on_delete=fields.RESTRICT
    )
    resident_id: UUID | None
    subject: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "cases", null=True, on_delete=fields.RESTRICT
    )
    subject_id: UUID | None
    filed_by = fields.CharEnumField(FiledBy, max_length=16)
    filed_by_id = fields.UUIDField()
    received_unit: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "received_cases", null=True, on_delete=fields.RESTRICT
    )
    item: ForeignKeyRelation[ServiceItem] = fields.ForeignKeyField(
        "models.ServiceItem", "cases", on_delete=fields.RESTRICT, db_constraint=False
    )
    item_version: ForeignKeyRelation[ItemVersion] = fields.ForeignKeyField(
        "models.ItemVersion", "cases", on_delete=fields.RESTRICT, db_constraint=False
    )
    community: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "community_cases", on_delete=fields.RESTRICT, db_constraint=False
    )
    community_path = fields.CharField(max_length=128)
    department_unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "department_cases", on_delete=fields.RESTRICT, db_constraint=False
    )
    status = fields.CharEnumField(CaseStatus, max_length=32)
    resume_status = fields.CharEnumField(CaseStatus, max_length=32, null=True)
    step = fields.IntField()
    holder: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "held_cases", on_delete=fields.RESTRICT, db_constraint=False
    )
    holder_since = fields.DatetimeField()
    object_key = fields.CharField(max_length=64, default="")
    named_hash = fields.CharField(max_length=64, null=True)
    outcome = fields.CharField(max_length=16, null=True)
    submitted_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    notice_due_at = fields.DatetimeField()
    promised_due_at = fields.DatetimeField(null=True)
    statutory_due_at = fields.DatetimeField(null=True)
    supplement_sealed = fields.BinaryField(null=True)
    warn_at = fields.DatetimeField(null=True)
    query_code_sealed = fields.BinaryField()
    version = fields.IntField(default=1)

    class Meta:
        table = "case"
        indexes = (
            Index(fields=("resident_id", "id")),
            Index(fields=("subject_id", "id")),
            Index(fields=("holder_id", "id")),
            Index(fields=("department_unit_id", "id")),
            Index(fields=("status", "id")),
        )


class CaseIntake(Record):
    """How a window took a case in: the consent, and who stood there for the applicant, sealed.

    Written with each event `seq` that a window made for the applicant, later ones too, and never
    changed. `mandate_id` is the one that its unit acted under; no key, as mandates are erased.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "intakes", on_delete=fields.RESTRICT
    )
    case_id: UUID
    seq = fields.IntField(db_default=1)
    consent = fields.CharEnumField(ConsentKind, max_length=16)
    consent_file: ForeignKeyNullableRelation[StoredFile] = fields.ForeignKeyField(
        "models.StoredFile", "consents", null=True, on_delete=fields.RESTRICT
    )
    consent_file_id: UUID | None
    mandate_id = fields.UUIDField(null=True)
    agent_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "case_intake"
        indexes = (Index(fields=("consent_file_id",)),)


class CaseEvent(Record):
    """One change of a case, never updated or deleted (the database refuses it): the case's history.

    What was said with it is sealed: `public` is shown to the resident, `internal` to staff only.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "events", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    action = fields.CharField(max_length=32)
    actor = fields.CharField(max_length=16)
    actor_id = fields.UUIDField(null=True)
    before = fields.CharEnumField(CaseStatus, max_length=32, null=True)
    after = fields.CharEnumField(CaseStatus, max_length=32)
    step = fields.IntField()
    unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "events", on_delete=fields.RESTRICT, db_constraint=False
    )
    public_sealed = fields.BinaryField(null=True)
    internal_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "case_event"


class CaseForm(Record):
    """A form as it was handed in, never updated or deleted; `no` counts from 1, the newest holds.

    That there is such a case is not checked by a key: it was written before, and none is deleted.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "forms", on_delete=fields.RESTRICT, db_constraint=False
    )
    no = fields.IntField()
    actor = fields.CharField(max_length=16)
    actor_id = fields.UUIDField()
    form_sealed = fields.BinaryField()

    class Meta:
        table = "case_form"


class CaseMaterial(Record):
    """A paper handed in for a case; a replaced one stays, with the time it was superseded."""

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "materials", on_delete=fields.RESTRICT
    )
    code = fields.CharField(max_length=64)
    file: ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "models.StoredFile", "uses", on_delete=fields.RESTRICT
    )
    verdict = fields.CharEnumField(Verdict, max_length=16, default=Verdict.PENDING)
    reason_sealed = fields.BinaryField(null=True)
    superseded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "case_material"
        indexes = (Index(fields=("case_id",)), Index(fields=("file_id",)))


class Recusal(Record):
    """That a member of staff has no part in a case, declared by them or by a supervisor.

    The reason is sealed: it tells of a family.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "recusals", on_delete=fields.RESTRICT
    )
    case_id: UUID
    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "recusals", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    made_by = fields.UUIDField()
    reason_sealed = fields.BinaryField()
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)

    class Meta:
        table = "recusal"
        indexes = (Index(fields=("staff_id",)),)


class CaseOutlook(Record):
    """What past cases of an item brought on average after they came to a status at a step.

    A row for each template: how many of its messages, by how much they matter. Refreshed by a job.
    """

    item_id = fields.CharField(max_length=50)
    status = fields.CharEnumField(CaseStatus, max_length=32)
    step = fields.IntField()
    template = fields.CharField(max_length=64)
    cases = fields.IntField()
    act = fields.FloatField()
    result = fields.FloatField()
    info = fields.FloatField()

    class Meta:
        table = "case_outlook"
