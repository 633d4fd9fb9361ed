"""The tables and their migrations, nothing else."""

from models.appointment import (
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    BookedBy,
    Office,
    OfficeClosure,
    OpeningHours,
    Seat,
    Slot,
)
from models.audit import AccessHead, AccessRecord
from models.base import Record, uuid7
from models.case import Case, CaseEvent, CaseForm, CaseMaterial, CaseStatus, FiledBy, Task, Verdict
from models.catalogue import Assurance, Flow, ItemVersion, ServiceItem, VersionStatus
from models.draft import Draft
from models.erasure import Erasure, ErasureState
from models.file import StoredFile
from models.identity import (
    Audience,
    CheckResult,
    Device,
    Ground,
    IdentityCheck,
    Person,
    RefreshToken,
    Resident,
    Session,
)
from models.load import DataLoad
from models.message import (
    Channel,
    CreditEntry,
    Delivery,
    DeliveryStatus,
    Message,
    MessageRead,
    PushEvent,
    RecipientKind,
    SubscriptionCredit,
)
from models.organisation import Department, OrgUnit, Post, Role, Staff, StaffInvite, UnitLevel
from models.request import IdempotencyKey, Job, QueryTry

__all__ = [
    "AccessHead",
    "AccessRecord",
    "Appointment",
    "AppointmentEvent",
    "AppointmentStatus",
    "Assurance",
    "Audience",
    "BookedBy",
    "Case",
    "CaseEvent",
    "CaseForm",
    "CaseMaterial",
    "CaseStatus",
    "Channel",
    "CheckResult",
    "CreditEntry",
    "DataLoad",
    "Delivery",
    "DeliveryStatus",
    "Department",
    "Device",
    "Draft",
    "Erasure",
    "ErasureState",
    "FiledBy",
    "Flow",
    "Ground",
    "IdempotencyKey",
    "IdentityCheck",
    "ItemVersion",
    "Job",
    "Message",
    "MessageRead",
    "Office",
    "OfficeClosure",
    "OpeningHours",
    "OrgUnit",
    "Person",
    "Post",
    "PushEvent",
    "QueryTry",
    "RecipientKind",
    "Record",
    "RefreshToken",
    "Resident",
    "Role",
    "Seat",
    "ServiceItem",
    "Session",
    "Slot",
    "Staff",
    "StaffInvite",
    "StoredFile",
    "SubscriptionCredit",
    "Task",
    "UnitLevel",
    "Verdict",
    "VersionStatus",
    "uuid7",
]
