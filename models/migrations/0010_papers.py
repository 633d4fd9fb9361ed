"""Papers: what is issued on a case, their numbers, and files that belong to a unit."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.creation import CreateModels
from models.paper import PaperKind

# Its file comes once, and once it may be revoked; nothing else of it ever changes.
_FROZEN = """
CREATE FUNCTION paper_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := '{file_id,revoked_at,revoked_by_id,revoke_reason_sealed}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - later = to_jsonb(OLD) - later
       AND (OLD.file_id IS NULL OR NEW.file_id = OLD.file_id)
       AND (OLD.revoked_at IS NULL OR NEW IS NOT DISTINCT FROM OLD) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a paper that was issued is never rewritten or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_frozen';
END $$
"""
STATEMENTS = [
    "COMMENT ON TABLE stored_file IS"
    " 'A file: the bytes lie in the file store under the random `key`.'",
    "ALTER TABLE stored_file DROP CONSTRAINT stored_file_has_one_owner",
    "ALTER TABLE stored_file ADD CONSTRAINT stored_file_has_one_owner"
    " CHECK (num_nonnulls(resident_id, person_id, staff_id, unit_id) = 1) NOT VALID",
    # One that was revoked is followed by another on the same event.
    "CREATE UNIQUE INDEX paper_once ON paper (case_id, seq) WHERE revoked_at IS NULL",
    "CREATE INDEX paper_of_case ON paper (case_id, id)",
    "ALTER TABLE paper ADD CONSTRAINT paper_revoked_by_somebody CHECK"
    " (num_nonnulls(revoked_at, revoked_by_id, revoke_reason_sealed) IN (0, 3))",
    _FROZEN,
    "CREATE TRIGGER paper_frozen BEFORE UPDATE OR DELETE ON paper"
    " FOR EACH ROW EXECUTE FUNCTION paper_frozen()",
]


class Migration(migrations.Migration):
    """One step, so that a database has all of it or nothing."""

    dependencies = [("models", "0009_administration")]
    initial = False

    operations = [
        CreateModels(
            ops.CreateModel(
                name='Paper',
                fields=[
                    ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                    ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                    ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='papers', on_delete=OnDelete.RESTRICT)),
                    ('kind', fields.CharEnumField(description='RECEIPT: receipt\nSUPPLEMENT_NOTICE: supplement_notice\nACCEPTANCE: acceptance\nNON_ACCEPTANCE: non_acceptance\nDECISION: decision\nPROOF_OF_SERVICE: proof_of_service', enum_type=PaperKind, max_length=32)),
                    ('seq', fields.IntField()),
                    ('unit', fields.ForeignKeyField('models.OrgUnit', source_field='unit_id', db_constraint=True, to_field='code', related_name='papers', on_delete=OnDelete.RESTRICT)),
                    ('number', fields.CharField(unique=True, max_length=64)),
                    ('layout', fields.IntField()),
                    ('code_hash', fields.CharField(unique=True, max_length=64)),
                    ('content_sealed', fields.BinaryField()),
                    ('file', fields.OneToOneField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='paper', on_delete=OnDelete.RESTRICT)),
                    ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                    ('revoked_by_id', fields.UUIDField(null=True)),
                    ('revoke_reason_sealed', fields.BinaryField(null=True)),
                ],
                options={'table': 'paper', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A paper on the event `seq` of a case; `created_at` is when it was issued.'},
                bases=['Record'],
            ),
            ops.CreateModel(
                name='PaperSeries',
                fields=[
                    ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=48)),
                    ('newest', fields.IntField()),
                ],
                options={'table': 'paper_series', 'app': 'models', 'pk_attr': 'name', 'table_description': 'The last number given in a series, such as 沈和民决字〔2026〕: they have no gaps.'},
                bases=['Strict'],
            ),
        ),
        ops.AlterModelOptions(
            name='StoredFile',
            options={'table': 'stored_file', 'app': 'models', 'indexes': [Index(fields=['resident_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A file: the bytes lie in the file store under the random `key`.'},
        ),
        ops.AddField(
            model_name='StoredFile',
            name='unit',
            field=fields.ForeignKeyField('models.OrgUnit', source_field='unit_id', null=True, db_constraint=True, to_field='code', related_name='files', on_delete=OnDelete.RESTRICT),
        ),
        ops.RunSQL(STATEMENTS),
    ]
