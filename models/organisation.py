"""Who serves: departments, the tree of units, staff and their posts."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation
from tortoise.indexes import Index

from models.base import Record, Strict


class UnitLevel(StrEnum):
    """Where a unit stands in the tree; a department hangs under a district or the city."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    DEPARTMENT = "department"


class Role(StrEnum):
    """What a post may do; supervisors and admins read, they do not decide cases."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Department(Strict):
    """A department of the city's government, without regard to district: 民政局 is MZ."""

    code = fields.CharField(max_length=8, primary_key=True)
    name = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=32)
    level = fields.CharField(max_length=16)

    class Meta:
        table = "department"


class OrgUnit(Strict):
    """A node of the organisation; `path` holds the codes from the city down, joined by '/'.

    `lat` and `lng` are degrees (GCJ-02, as WeChat's wx.getLocation gives them) of a community.
    """

    code = fields.CharField(max_length=24, primary_key=True)
    name = fields.CharField(max_length=64)
    level = fields.CharEnumField(UnitLevel, max_length=16)
    parent: ForeignKeyNullableRelation["OrgUnit"] = fields.ForeignKeyField(
        "models.OrgUnit", "children", null=True, on_delete=fields.RESTRICT
    )
    department: ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "models.Department", "units", null=True, on_delete=fields.RESTRICT
    )
    path = fields.CharField(max_length=128)
    lat = fields.FloatField(null=True)
    lng = fields.FloatField(null=True)
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "org_unit"
        indexes = (Index(fields=("parent_id",)), Index(fields=("department_id",)))


class Staff(Record):
    """A person who works on cases; the name is sealed, the WeChat account bound by an invite.

    Nothing is sent to it, so that of the account a hash is enough; cards go to their user id of
    WeCom, if they bound it. `version` counts what was done about the account and its posts.
    """

    name_sealed = fields.BinaryField()
    openid_hash = fields.CharField(max_length=64, null=True, unique=True)
    wecom_sealed = fields.BinaryField(null=True)
    wecom_hash = fields.CharField(max_length=64, null=True)
    active = fields.BooleanField(default=True)
    left_at = fields.DatetimeField(null=True)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "staff"


class Post(Record):
    """A right: this person in this unit has this role, from and to a day.

    It was granted when the row was made, by a member of staff or, where there is none, by command.
    """

    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "posts", on_delete=fields.RESTRICT
    )
    unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "posts", on_delete=fields.RESTRICT
    )
    role = fields.CharEnumField(Role, max_length=16)
    granted_by: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "granted_posts", null=True, on_delete=fields.RESTRICT
    )
    granted_by_id: UUID | None
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "post"
        indexes = (Index(fields=("staff_id",)), Index(fields=("unit_id",)))


class StaffInvite(Record):
    """A one-time code with which a staff member binds a WeChat account; only its hash is kept."""

    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "invites", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    code_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_invite"
        indexes = (Index(fields=("staff_id",)),)


class Absence(Record):
    """Days on which a member of staff is away; the deputy acts for them on their tasks meanwhile.

    It is over with its last day, or since `ended_at`. `made_by` is the member of staff who declared
    it. The reason is sealed: it may tell of an illness.
    """

    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "absences", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    deputy: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "deputies", null=True, on_delete=fields.RESTRICT
    )
    deputy_id: UUID | None
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    reason_sealed = fields.BinaryField()
    made_by = fields.UUIDField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "absence"
        indexes = (Index(fields=("staff_id", "ends_on")), Index(fields=("deputy_id", "ends_on")))
