"""The kinds of messages that somebody wants over a channel no more."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.message import Channel, DropReason

CHANNELS = 'WECHAT: wechat'
REASONS = 'ECHO: echo\nINBOX_ONLY: inbox_only\nNO_SUBSCRIPTION: no_subscription\nNO_CREDIT: no_credit\nKEPT: kept\nSUPERSEDED: superseded\nMERGED: merged\nMUTED: muted'


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("models", "0045_merged_deliveries")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.CreateModel(name='MutedKind', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('resident', fields.ForeignKeyField('models.Resident', source_field='resident_id', null=True, db_constraint=True, to_field='id', related_name='muted_kinds', on_delete=OnDelete.RESTRICT)),
            ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='muted_kinds', on_delete=OnDelete.RESTRICT)),
            ('kind', fields.CharField(max_length=48)),
            ('channel', fields.CharEnumField(description=CHANNELS, enum_type=Channel, max_length=16)),
        ], options={'table': 'muted_kind', 'app': 'models', 'pk_attr': 'id', 'table_description': "A kind of message that somebody wants over a channel no more; whatever is not here goes."}, bases=['Record']),
        ops.RunSQL([
            "CREATE UNIQUE INDEX muted_kind_of_resident ON muted_kind (resident_id, kind, channel)"
            " WHERE resident_id IS NOT NULL",
            "CREATE UNIQUE INDEX muted_kind_of_staff ON muted_kind (staff_id, kind, channel)"
            " WHERE staff_id IS NOT NULL",
            "ALTER TABLE muted_kind ADD CONSTRAINT muted_kind_of_one"
            " CHECK (num_nonnulls(resident_id, staff_id) = 1)",
        ]),
        ops.AlterField("Delivery", "reason", fields.CharEnumField(null=True, description=REASONS, enum_type=DropReason, max_length=16)),
        ops.RunSQL(["COMMENT ON COLUMN delivery.reason IS '" + REASONS.replace("\n", r"\n") + "'"]),
    ]
