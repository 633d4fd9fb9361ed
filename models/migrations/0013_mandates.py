"""Mandates: who may act for whom, in what and until when."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.mandate import Basis, RevokedBy


class Migration(migrations.Migration):
    """A table of its own, which nothing reads yet."""

    dependencies = [("models", "0012_files_of_drafts")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.CreateModel(name='Mandate', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('principal', fields.ForeignKeyField('models.Person', source_field='principal_id', db_constraint=True, to_field='id', related_name='mandates_given', on_delete=OnDelete.RESTRICT)),
            ('agent', fields.ForeignKeyField('models.Person', source_field='agent_id', null=True, db_constraint=True, to_field='id', related_name='mandates_held', on_delete=OnDelete.RESTRICT)),
            ('unit', fields.ForeignKeyField('models.OrgUnit', source_field='unit_id', null=True, db_constraint=True, to_field='code', related_name='mandates', on_delete=OnDelete.RESTRICT)),
            ('items', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ('rights', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ('until', fields.DateField()),
            ('basis', fields.CharEnumField(description='CODE: code\nPAPER: paper\nGUARDIAN: guardian', enum_type=Basis, max_length=16)),
            ('agent_phone_hash', fields.CharField(null=True, max_length=64)),
            ('code_hash', fields.CharField(null=True, max_length=64)),
            ('code_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('tries', fields.IntField(db_default=0)),
            ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('revoked_by', fields.CharEnumField(null=True, description='PRINCIPAL: principal\nAGENT: agent\nREPLACED: replaced', enum_type=RevokedBy, max_length=16)),
        ], options={'table': 'mandate', 'app': 'models', 'indexes': [Index(fields=['principal_id', 'id']), Index(fields=['agent_id', 'id']), Index(fields=['unit_id', 'id'])], 'pk_attr': 'id', 'table_description': "The right of an agent, a person or the clerks of a unit, to act for the principal."}, bases=['Record']),
        ops.RunSQL([
            "CREATE UNIQUE INDEX mandate_one_waiting ON mandate (agent_phone_hash, principal_id)"
            " WHERE accepted_at IS NULL AND revoked_at IS NULL",
            "ALTER TABLE mandate ADD CONSTRAINT mandate_to_another CHECK (agent_id <> principal_id)",
            "ALTER TABLE mandate ADD CONSTRAINT mandate_has_one_agent CHECK (CASE"
            " WHEN accepted_at IS NULL THEN num_nonnulls(agent_id, unit_id) = 0"
            " AND num_nulls(agent_phone_hash, code_hash, code_until) = 0"
            " ELSE num_nonnulls(agent_id, unit_id) = 1 END)",
            "ALTER TABLE mandate ADD CONSTRAINT mandate_end_told"
            " CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))",
            "ALTER TABLE mandate ADD CONSTRAINT mandate_a_year_at_most"
            " CHECK (until <= (created_at AT TIME ZONE 'Asia/Shanghai')::date + 366)",
        ]),
    ]
