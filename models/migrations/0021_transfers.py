"""Transfers of cases to other units."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.transfer import TransferState

_BROKEN = (
    "RAISE EXCEPTION 'an open transfer is its holder''s' USING ERRCODE = 'check_violation',"
    " CONSTRAINT = 'case_transfer_of_holder'; END IF; RETURN NEW; END $$"
)


class Migration(migrations.Migration):
    """A table of its own; while one of its rows is open, the case stays with who sent it."""

    dependencies = [("models", "0020_mandates_checked")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.CreateModel(name='CaseTransfer', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='transfers', on_delete=OnDelete.RESTRICT)),
            ('from_unit', fields.ForeignKeyField('models.OrgUnit', source_field='from_unit_id', db_constraint=True, to_field='code', related_name='transfers_sent', on_delete=OnDelete.RESTRICT)),
            ('to_unit', fields.ForeignKeyField('models.OrgUnit', source_field='to_unit_id', db_constraint=True, to_field='code', related_name='transfers_received', on_delete=OnDelete.RESTRICT)),
            ('sender', fields.ForeignKeyField('models.Staff', source_field='sender_id', db_constraint=True, to_field='id', related_name='transfers', on_delete=OnDelete.RESTRICT)),
            ('state', fields.CharEnumField(default=TransferState.OPEN, description='OPEN: open\nACCEPTED: accepted\nREFUSED: refused\nRECALLED: recalled\nLAPSED: lapsed', enum_type=TransferState, max_length=16)),
            ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ], options={'table': 'case_transfer', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id']), Index(fields=['created_at'])], 'pk_attr': 'id', 'table_description': 'A case that its holder sent to another unit; until that one accepts, the sender holds it.'}, bases=['Record']),
        ops.RunSQL([
            "CREATE UNIQUE INDEX case_transfer_one_open ON case_transfer (case_id)"
            " WHERE state = 'open'",
            "CREATE INDEX case_transfer_incoming ON case_transfer (to_unit_id, id)"
            " WHERE state = 'open'",
            "CREATE INDEX case_transfer_outgoing ON case_transfer (from_unit_id, id)"
            " WHERE state = 'open'",
            "ALTER TABLE case_transfer ADD CONSTRAINT case_transfer_to_another"
            " CHECK (from_unit_id <> to_unit_id)",
            "ALTER TABLE case_transfer ADD CONSTRAINT case_transfer_end_told"
            " CHECK ((state = 'open') = (ended_at IS NULL))",
            "CREATE FUNCTION case_transfer_of_holder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.state = 'open' AND NEW.from_unit_id <> (SELECT holder_id FROM \"case\""
            f" WHERE id = NEW.case_id) THEN {_BROKEN}",
            "CREATE TRIGGER case_transfer_of_holder BEFORE INSERT OR UPDATE ON case_transfer"
            " FOR EACH ROW EXECUTE FUNCTION case_transfer_of_holder()",
            "CREATE FUNCTION case_held_by_sender() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF EXISTS (SELECT FROM case_transfer WHERE case_id = NEW.id AND state = 'open'"
            f" AND from_unit_id <> NEW.holder_id) THEN {_BROKEN}",
            'CREATE TRIGGER case_held_by_sender BEFORE UPDATE OF holder_id ON "case"'
            " FOR EACH ROW EXECUTE FUNCTION case_held_by_sender()",
        ]),
    ]
