"""Messages to more than residents: to a member of staff, a unit's role, a program outside."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.message import RecipientKind
from models.organisation import Role

# All of before are residents'. A column made with its value is made at once, however many rows.
RESIDENTS = [
    "ALTER TABLE message DROP COLUMN recipient,"
    " ADD COLUMN recipient varchar(16) NOT NULL DEFAULT 'resident'",
    "ALTER TABLE message ALTER recipient DROP DEFAULT",
    "DROP INDEX message_unread",
    # No key to the units, as 0002_rules explains; Tortoise makes it although it is told not to.
    "ALTER TABLE message DROP CONSTRAINT message_unit_id_fkey",
]
STATEMENTS = [
    """ALTER TABLE message ADD CONSTRAINT message_has_its_recipient CHECK (
           (recipient = 'resident') = (resident_id IS NOT NULL)
           AND (recipient = 'staff') = (staff_id IS NOT NULL)
           AND (recipient = 'unit_role') = (unit_id IS NOT NULL)
           AND (recipient = 'unit_role') = (role IS NOT NULL)
           AND (recipient = 'system') = (system IS NOT NULL)
           AND recipient IN ('resident', 'staff', 'unit_role', 'system'))""",
    "ALTER TABLE message ADD CONSTRAINT message_read_by_resident"
    " CHECK (read_at IS NULL OR recipient = 'resident')",
    "CREATE INDEX message_of_resident ON message (resident_id, id) WHERE resident_id IS NOT NULL",
    "CREATE INDEX message_unread ON message (resident_id)"
    " WHERE read_at IS NULL AND resident_id IS NOT NULL",
    "CREATE INDEX message_of_unit ON message (unit_id, role, id) WHERE unit_id IS NOT NULL",
    "CREATE INDEX message_of_staff ON message (staff_id, id) WHERE staff_id IS NOT NULL",
    "CREATE UNIQUE INDEX message_read_once ON message_read (message_id, staff_id)",
]


class Migration(migrations.Migration):
    """The recipient's columns, who has read what, and an index for each inbox."""

    dependencies = [("models", "0008_object_key")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="Message",
            name="recipient",
            field=fields.CharEnumField(description="RESIDENT: resident\nSTAFF: staff\nUNIT_ROLE: unit_role\nSYSTEM: system", enum_type=RecipientKind, max_length=16, null=True),
        ),
        ops.AddField(
            model_name="Message",
            name="staff",
            field=fields.ForeignKeyField("models.Staff", source_field="staff_id", null=True, db_constraint=True, to_field="id", related_name="messages", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="Message",
            name="unit",
            field=fields.ForeignKeyField("models.OrgUnit", source_field="unit_id", null=True, db_constraint=False, to_field="code", related_name="messages", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="Message",
            name="role",
            field=fields.CharEnumField(description="CLERK: clerk\nREVIEWER: reviewer\nAPPROVER: approver\nSUPERVISOR: supervisor\nADMIN: admin", enum_type=Role, max_length=16, null=True),
        ),
        ops.AddField(model_name="Message", name="system", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(
            model_name="Message",
            name="by_staff",
            field=fields.ForeignKeyField("models.Staff", source_field="by_staff_id", null=True, db_constraint=True, to_field="id", related_name="told_messages", on_delete=OnDelete.RESTRICT),
        ),
        ops.AlterField(
            model_name="Message",
            name="resident",
            field=fields.ForeignKeyField("models.Resident", source_field="resident_id", null=True, db_constraint=True, to_field="id", related_name="messages", on_delete=OnDelete.RESTRICT),
        ),
        ops.RemoveIndex(model_name="Message", fields=["resident_id", "id"]),
        ops.RunSQL(RESIDENTS),
        ops.AlterField(
            model_name="Message",
            name="recipient",
            field=fields.CharEnumField(description="RESIDENT: resident\nSTAFF: staff\nUNIT_ROLE: unit_role\nSYSTEM: system", enum_type=RecipientKind, max_length=16),
        ),
        ops.AlterModelOptions(
            name="Message",
            options={"table": "message", "app": "models", "pk_attr": "id", "table_description": "A line in an inbox: the truth, written with the change it tells of."},
        ),
        ops.CreateModel(
            name="MessageRead",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("message", fields.ForeignKeyField("models.Message", source_field="message_id", db_constraint=True, to_field="id", related_name="reads", on_delete=OnDelete.RESTRICT)),
                ("staff", fields.ForeignKeyField("models.Staff", source_field="staff_id", db_constraint=True, to_field="id", related_name="reads", on_delete=OnDelete.RESTRICT)),
            ],
            options={"table": "message_read", "app": "models", "pk_attr": "id", "table_description": "A member of staff has read a message, since `created_at`; once each."},
            bases=["Record"],
        ),
        ops.RunSQL(STATEMENTS),
    ]
