"""Cases that a window takes in for a person, and what is known of who looked."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.case import ConsentKind


class Migration(migrations.Migration):
    """One step, so that a database has all of it or nothing."""

    dependencies = [("models", "0002_where_sessions_began")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.CreateModel(
            name="CaseIntake",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "models.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="intakes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "consent",
                    fields.CharEnumField(
                        description="SIGNATURE: signature\nPAPER: paper\nORAL: oral",
                        enum_type=ConsentKind,
                        max_length=16,
                    ),
                ),
                (
                    "consent_file",
                    fields.ForeignKeyField(
                        "models.StoredFile",
                        source_field="consent_file_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="consents",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("agent_sealed", fields.BinaryField(null=True)),
            ],
            options={
                "table": "case_intake",
                "app": "models",
                "indexes": [Index(fields=["consent_file_id"])],
                "pk_attr": "id",
                "table_description": (
                    "How a window took a case in: the consent, and who stood there for the"
                    " applicant, sealed."
                ),
            },
            bases=["Record"],
        ),
        ops.AlterField(
            model_name="IdentityCheck",
            name="resident",
            field=fields.ForeignKeyField(
                "models.Resident",
                source_field="resident_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="identity_checks",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="IdentityCheck",
            name="staff",
            field=fields.ForeignKeyField(
                "models.Staff",
                source_field="staff_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="identity_checks",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Person",
            name="name_birth_hash",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.RunSQL(
            [
                "CREATE UNIQUE INDEX case_intake_once ON case_intake (case_id)",
                "ALTER TABLE identity_check ADD CONSTRAINT identity_check_has_one_asker"
                " CHECK (num_nonnulls(resident_id, staff_id) = 1) NOT VALID",
            ]
        ),
    ]
