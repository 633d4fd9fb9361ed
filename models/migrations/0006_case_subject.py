"""Whose right a case is, apart from the account that filed it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.case import FiledBy

FILED = [
    """UPDATE "case" held SET filed_by = 'account', filed_by_id = held.resident_id,
           subject_id = (SELECT p.id FROM person p WHERE p.id::text = held.person_key)""",
    "DROP INDEX case_one_open",
]
STATEMENTS = [
    'CREATE UNIQUE INDEX case_one_open ON "case"'
    " (coalesce(subject_id, resident_id), item_id, subject_key)"
    " WHERE status IN ('draft', 'submitted', 'supplement_requested', 'accepted', 'under_review',"
    " 'suspended', 'approved', 'denied', 'delivered')",
    """ALTER TABLE "case" ADD CONSTRAINT case_filed_by_known
       CHECK (filed_by IN ('account', 'staff', 'device'))""",
]


class Migration(migrations.Migration):
    """The columns in place of the key, and one open case for each person."""

    dependencies = [("models", "0005_person")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="Case",
            name="filed_by",
            field=fields.CharEnumField(description="ACCOUNT: account\nSTAFF: staff\nDEVICE: device", enum_type=FiledBy, max_length=16, null=True),
        ),
        ops.AddField(model_name="Case", name="filed_by_id", field=fields.UUIDField(null=True)),
        ops.AddField(
            model_name="Case",
            name="received_unit",
            field=fields.ForeignKeyField("models.OrgUnit", source_field="received_unit_id", null=True, db_constraint=True, to_field="code", related_name="received_cases", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="Case",
            name="subject",
            field=fields.ForeignKeyField("models.Person", source_field="subject_id", null=True, db_constraint=True, to_field="id", related_name="cases", on_delete=OnDelete.RESTRICT),
        ),
        ops.RunSQL(FILED),
        ops.AlterField(
            model_name="Case",
            name="filed_by",
            field=fields.CharEnumField(description="ACCOUNT: account\nSTAFF: staff\nDEVICE: device", enum_type=FiledBy, max_length=16),
        ),
        ops.AlterField(model_name="Case", name="filed_by_id", field=fields.UUIDField()),
        ops.RemoveField(model_name="Case", name="person_key"),
        ops.AddIndex(model_name="Case", index=Index(fields=["subject_id", "id"])),
        ops.RunSQL(STATEMENTS),
    ]
