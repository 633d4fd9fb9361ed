"""The checks of who somebody is; whose name and number were only stated must be checked again."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.identity import CheckResult

# Cases and bookings first: they name the person by what the resident's row still has.
UNCONFIRMED = [
    f"""UPDATE {table} held SET person_key = r.openid_hash FROM resident r
        WHERE r.id = held.resident_id AND r.id_number_hash IS NOT NULL
          AND held.person_key = r.id_number_hash"""
    for table in ('"case"', "appointment")
] + [
    """UPDATE resident SET person_key = openid_hash, name_sealed = NULL, id_number_sealed = NULL,
           id_number_hash = NULL,
           assurance = CASE WHEN phone_hash IS NULL THEN 'wechat' ELSE 'phone' END
       WHERE id_number_hash IS NOT NULL"""
]


class Migration(migrations.Migration):
    """The table, and nobody of before in it."""

    dependencies = [("models", "0002_rules")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="IdentityCheck",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("resident", fields.ForeignKeyField("models.Resident", source_field="resident_id", db_constraint=True, to_field="id", related_name="identity_checks", on_delete=OnDelete.RESTRICT)),
                ("number_hash", fields.CharField(max_length=64)),
                ("claim_hash", fields.CharField(max_length=64)),
                ("result", fields.CharEnumField(description="MATCH: match\nMISMATCH: mismatch\nNO_RECORD: no_record\nINVALID_INPUT: invalid_input\nQUOTA_SUBJECT: quota_subject", enum_type=CheckResult, max_length=16, null=True)),
                ("provider", fields.CharField(null=True, max_length=64)),
                ("provider_ref", fields.CharField(null=True, max_length=128)),
            ],
            options={"table": "identity_check", "app": "models", "indexes": [Index(fields=["number_hash", "created_at"]), Index(fields=["resident_id", "created_at"])], "pk_attr": "id", "table_description": "One question to the identity service, whose `id` it was asked under."},
            bases=["Record"],
        ),
        ops.RunSQL(UNCONFIRMED),
    ]
