"""Recusals of members of staff from cases."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("models", "0025_what_to_remind_of")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.CreateModel(name='Recusal', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='recusals', on_delete=OnDelete.RESTRICT)),
            ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='recusals', on_delete=OnDelete.RESTRICT)),
            ('made_by', fields.UUIDField()),
            ('reason_sealed', fields.BinaryField()),
        ], options={'table': 'recusal', 'app': 'models', 'indexes': [Index(fields=['staff_id'])], 'pk_attr': 'id', 'table_description': 'That a member of staff has no part in a case, declared by them or by a supervisor.'}, bases=['Record']),
        ops.RunSQL(["CREATE UNIQUE INDEX recusal_once ON recusal (case_id, staff_id)"]),
    ]
