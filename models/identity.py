"""Who asks: persons, their accounts, identity checks, sessions and refresh tokens."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import (
    ForeignKeyNullableRelation,
    ForeignKeyRelation,
    OneToOneRelation,
)
from tortoise.indexes import Index

from models.base import Record
from models.catalogue import Assurance
from models.organisation import OrgUnit, Staff


class Ground(StrEnum):
    """By what it is known who a person is."""

    IDENTITY_CHECK = "identity_check"
    ID_CARD = "id_card"
    HOUSEHOLD_REGISTER = "household_register"
    OTHER = "other"


class Person(Record):
    """A natural person, known by an ID number that was proven; with accounts of their own or none.

    What is personal is sealed, what is looked up also hashed; `name_birth_hash` is of name and
    birth date together. `checked` and `checked_at` are of the latest proof.
    """

    id_number_hash = fields.CharField(max_length=64, unique=True)
    id_number_sealed = fields.BinaryField()
    name_sealed = fields.BinaryField()
    name_birth_hash = fields.CharField(max_length=64, null=True)
    phone_sealed = fields.BinaryField(null=True)
    phone_hash = fields.CharField(max_length=64, null=True)
    community: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "persons", null=True, on_delete=fields.RESTRICT
    )
    community_id: str | None
    address_sealed = fields.BinaryField(null=True)
    checked = fields.CharEnumField(Ground, max_length=32)
    checked_at = fields.DatetimeField()

    class Meta:
        table = "person"
        indexes = (
            Index(fields=("phone_hash",)),
            Index(fields=("community_id",)),
            Index(fields=("name_birth_hash",)),
        )


class Resident(Record):
    """A WeChat account that uses the city's services; what is personal is sealed.

    What is looked up is also hashed. Whose real name was confirmed belongs to a person, perhaps
    with other accounts. Who was erased has no openid.
    """

    openid_hash = fields.CharField(max_length=64, unique=True)
    openid_sealed = fields.BinaryField(null=True)
    assurance = fields.CharEnumField(Assurance, max_length=16, default=Assurance.WECHAT)
    person: ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", "accounts", null=True, on_delete=fields.RESTRICT
    )
    person_id: UUID | None
    phone_sealed = fields.BinaryField(null=True)
    phone_hash = fields.CharField(max_length=64, null=True)
    address_sealed = fields.BinaryField(null=True)
    community: ForeignKeyNullableRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "residents", null=True, on_delete=fields.RESTRICT
    )
    community_id: str | None
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "resident"
        indexes = (
            Index(fields=("phone_hash",)),
            Index(fields=("person_id",)),
            Index(fields=("community_id",)),
        )


class CheckResult(StrEnum):
    """What the identity service said of a name and a number; MATCH alone confirms them."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NO_RECORD = "no_record"
    INVALID_INPUT = "invalid_input"
    QUOTA_SUBJECT = "quota_subject"


class IdentityCheck(Record):
    """One question to the identity service, whose `id` it was asked under.

    An account asks about itself, or a member of staff about somebody at the window. Without
    `result` it is being asked, or whoever asked was killed. A check that got no answer is deleted.
    """

    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "identity_checks", null=True, on_delete=fields.RESTRICT
    )
    resident_id: UUID | None
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "identity_checks", null=True, on_delete=fields.RESTRICT
    )
    staff_id: UUID | None
    number_hash = fields.CharField(max_length=64)
    claim_hash = fields.CharField(max_length=64)
    result = fields.CharEnumField(CheckResult, max_length=16, null=True)
    provider = fields.CharField(max_length=64, null=True)
    provider_ref = fields.CharField(max_length=128, null=True)

    class Meta:
        table = "identity_check"
        indexes = (
            Index(fields=("number_hash", "created_at")),
            Index(fields=("resident_id", "created_at")),
            Index(fields=("staff_id", "created_at")),
        )


class Audience(StrEnum):
    """Whom a session belongs to; a staff right never follows from a resident's session."""

    RESIDENT = "resident"
    STAFF = "staff"


class Device(StrEnum):
    """On what somebody logged in, as far as it says so of itself."""

    IPHONE = "iphone"
    IPAD = "ipad"
    ANDROID = "android"
    HARMONY = "harmony"
    WINDOWS = "windows"
    MAC = "mac"
    OTHER = "other"


class Session(Record):
    """A login on one device; ended by logout, by reuse of a refresh token, or by time.

    `device` and `network`, the shortened address, are told to its owner; a login of before the
    column has none. `factor_at` is when the second factor was given in it.
    """

    audience = fields.CharEnumField(Audience, max_length=16)
    resident: ForeignKeyNullableRelation[Resident] = fields.ForeignKeyField(
        "models.Resident", "sessions", null=True, on_delete=fields.RESTRICT
    )
    resident_id: UUID | None
    staff: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "sessions", null=True, on_delete=fields.RESTRICT
    )
    staff_id: UUID | None
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoke_reason = fields.CharField(max_length=32, null=True)
    device = fields.CharEnumField(Device, max_length=16, null=True)
    network = fields.CharField(max_length=32, null=True)
    factor_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = (
            Index(fields=("resident_id",)),
            Index(fields=("staff_id",)),
            Index(fields=("revoked_at",)),
        )


class RefreshToken(Record):
    """A refresh token, by hash; it works once, its reuse ends the session."""

    session: ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", "refresh_tokens", on_delete=fields.CASCADE
    )
    session_id: UUID
    token_hash = fields.CharField(max_length=64, unique=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_token"
        indexes = (Index(fields=("session_id",)),)


class SecondFactor(Record):
    """The second factor of a member of staff: what their phone makes one-time codes with (TOTP).

    `offered_sealed` is a secret that no code was given of yet; `last_step` is that of the newest
    code taken, so that none is taken twice. `recovery_hashes` are of codes that were not used.
    """

    staff: OneToOneRelation[Staff] = fields.OneToOneField(
        "models.Staff", "second_factor", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    offered_sealed = fields.BinaryField(null=True)
    secret_sealed = fields.BinaryField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(null=True)
    recovery_hashes: list[str] = fields.JSONField(db_default=[])
    failures = fields.IntField(db_default=0)
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "second_factor"
