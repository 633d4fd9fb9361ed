"""Family copies: who hears that something of somebody's goes on."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.family import FamilySide


class Migration(migrations.Migration):
    """A table of its own, which nothing reads yet."""

    dependencies = [("models", "0053_wecom_found")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.CreateModel(name='FamilyCopy', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('principal', fields.ForeignKeyField('models.Resident', source_field='principal_id', db_constraint=True, to_field='id', related_name='family_named', on_delete=OnDelete.RESTRICT)),
            ('relative', fields.ForeignKeyField('models.Resident', source_field='relative_id', null=True, db_constraint=True, to_field='id', related_name='family_followed', on_delete=OnDelete.RESTRICT)),
            ('phone_hash', fields.CharField(max_length=64)),
            ('code_hash', fields.CharField(max_length=64)),
            ('code_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('tries', fields.IntField(db_default=0)),
            ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('ended_by', fields.CharEnumField(null=True, description='PRINCIPAL: principal\nRELATIVE: relative', enum_type=FamilySide, max_length=16)),
        ], options={'table': 'family_copy', 'app': 'models', 'indexes': [Index(fields=['principal_id', 'id']), Index(fields=['relative_id', 'id'])], 'pk_attr': 'id', 'table_description': "That `relative` is told when something of the principal's goes on, and nothing of what."}, bases=['Record']),
        ops.RunSQL([
            "CREATE INDEX family_copy_waiting ON family_copy (phone_hash)"
            " WHERE relative_id IS NULL AND ended_at IS NULL",
            "CREATE UNIQUE INDEX family_copy_once ON family_copy (principal_id, relative_id)"
            " WHERE ended_at IS NULL",
            "ALTER TABLE family_copy ADD CONSTRAINT family_copy_to_another"
            " CHECK (relative_id <> principal_id)",
            "ALTER TABLE family_copy ADD CONSTRAINT family_copy_accepted_by_one"
            " CHECK ((relative_id IS NULL) = (accepted_at IS NULL))",
            "ALTER TABLE family_copy ADD CONSTRAINT family_copy_end_told"
            " CHECK ((ended_at IS NULL) = (ended_by IS NULL))",
        ]),
    ]
