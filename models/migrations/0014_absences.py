"""Absences of staff, with a deputy each."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("models", "0013_mandates")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.CreateModel(name='Absence', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='absences', on_delete=OnDelete.RESTRICT)),
            ('deputy', fields.ForeignKeyField('models.Staff', source_field='deputy_id', null=True, db_constraint=True, to_field='id', related_name='deputies', on_delete=OnDelete.RESTRICT)),
            ('starts_on', fields.DateField()),
            ('ends_on', fields.DateField()),
            ('reason_sealed', fields.BinaryField()),
            ('made_by', fields.UUIDField()),
            ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ], options={'table': 'absence', 'app': 'models', 'indexes': [Index(fields=['staff_id', 'ends_on']), Index(fields=['deputy_id', 'ends_on'])], 'pk_attr': 'id', 'table_description': 'Days on which a member of staff is away; the deputy acts for them on their tasks meanwhile.'}, bases=['Record']),
        ops.RunSQL([
            "ALTER TABLE absence ADD CONSTRAINT absence_by_another CHECK (deputy_id <> staff_id)",
            "ALTER TABLE absence ADD CONSTRAINT absence_days_in_order CHECK (starts_on <= ends_on)",
        ]),
    ]
