"""Staff's user ids of WeCom, and copies that go to staff."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.message import Channel

CHANNELS = 'WECHAT: wechat\nSMS: sms\nWECOM: wecom'
_TEXT = CHANNELS.replace('\n', r'\n')


class Migration(migrations.Migration):
    """Columns without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0051_one_open_renamed")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Staff", "wecom_sealed", fields.BinaryField(null=True)),
        ops.AddField("Staff", "wecom_hash", fields.CharField(null=True, max_length=64)),
        ops.AddField("Delivery", "staff_id", fields.UUIDField(null=True)),
        ops.AlterField("Delivery", "resident", fields.ForeignKeyField('models.Resident', source_field='resident_id', null=True, db_constraint=False, to_field='id', related_name='deliveries', on_delete=OnDelete.RESTRICT)),
        ops.AlterField("Delivery", "channel", fields.CharEnumField(description=CHANNELS, enum_type=Channel, max_length=16)),
        ops.AlterField("MutedKind", "channel", fields.CharEnumField(description=CHANNELS, enum_type=Channel, max_length=16)),
        ops.RunSQL([
            f"COMMENT ON COLUMN delivery.channel IS '{_TEXT}'",
            f"COMMENT ON COLUMN muted_kind.channel IS '{_TEXT}'",
        ]),
    ]
