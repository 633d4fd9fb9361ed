"""Mandates that were made at a window, and what a window did under one."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.case import ConsentKind
from models.mandate import GuardianProof, RevokedBy

CONSENTS = 'SIGNATURE: signature\nPAPER: paper\nORAL: oral\nMANDATE: mandate'
PROOFS = 'BIRTH_CERTIFICATE: birth_certificate\nHOUSEHOLD_REGISTER: household_register\nADOPTION_CERTIFICATE: adoption_certificate\nCOURT_DECISION: court_decision\nAPPOINTMENT: appointment\nAGREEMENT: agreement'
REVOKERS = 'PRINCIPAL: principal\nAGENT: agent\nWINDOW: window\nREPLACED: replaced'


def _comment(column: str, text: str) -> str:
    """Tortoise comments the columns of a new table only."""
    return f"COMMENT ON COLUMN {column} IS '" + text.replace("\n", r"\n") + "'"


class Migration(migrations.Migration):
    """Columns that are empty, and checks of what is written from now on."""

    dependencies = [("models", "0018_importance_of_messages")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AlterField("CaseIntake", "consent", fields.CharEnumField(description=CONSENTS, enum_type=ConsentKind, max_length=16)),
        ops.AlterField("Mandate", "revoked_by", fields.CharEnumField(null=True, description=REVOKERS, enum_type=RevokedBy, max_length=16)),
        ops.AddField("CaseIntake", "mandate_id", fields.UUIDField(null=True)),
        ops.AddField("Mandate", "window", fields.ForeignKeyField('models.OrgUnit', source_field='window_id', null=True, db_constraint=True, to_field='code', related_name='mandates_made', on_delete=OnDelete.RESTRICT)),
        ops.AddField("Mandate", "staff", fields.ForeignKeyField('models.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='mandates_made', on_delete=OnDelete.RESTRICT)),
        ops.AddField("Mandate", "proof", fields.CharEnumField(description=PROOFS, enum_type=GuardianProof, null=True, max_length=32)),
        ops.AddField("Mandate", "file", fields.ForeignKeyField('models.StoredFile', source_field='file_id', null=True, db_constraint=True, to_field='id', related_name='mandates', on_delete=OnDelete.RESTRICT)),
        ops.RunSQL([
            _comment("case_intake.consent", CONSENTS),
            _comment("mandate.revoked_by", REVOKERS),
            _comment("mandate.proof", PROOFS),
            "ALTER TABLE mandate ADD CONSTRAINT mandate_basis_kept CHECK (CASE basis"
            " WHEN 'code' THEN num_nonnulls(window_id, staff_id, file_id, proof) = 0"
            " ELSE num_nulls(window_id, staff_id, file_id) = 0"
            " AND (proof IS NOT NULL) = (basis = 'guardian') END) NOT VALID",
            "ALTER TABLE case_intake ADD CONSTRAINT case_intake_of_mandate"
            " CHECK ((consent = 'mandate') = (mandate_id IS NOT NULL)) NOT VALID",
            # A minor's guardian is one until the ward is of age.
            "ALTER TABLE mandate DROP CONSTRAINT mandate_a_year_at_most",
            "ALTER TABLE mandate ADD CONSTRAINT mandate_a_year_at_most CHECK (basis = 'guardian'"
            " OR until <= (created_at AT TIME ZONE 'Asia/Shanghai')::date + 366) NOT VALID",
        ]),
    ]
