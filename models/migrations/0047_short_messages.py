"""Short messages as a channel, and why a copy goes another way."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.message import Channel, DropReason

CHANNELS = 'WECHAT: wechat\nSMS: sms'
REASONS = 'ECHO: echo\nINBOX_ONLY: inbox_only\nNO_SUBSCRIPTION: no_subscription\nNO_CREDIT: no_credit\nKEPT: kept\nSUPERSEDED: superseded\nMERGED: merged\nMUTED: muted\nHANDED_ON: handed_on\nNO_ADDRESS: no_address\nLIMIT: limit'


def _comment(column: str, text: str) -> str:
    return f"COMMENT ON COLUMN {column} IS '" + text.replace('\n', r'\n') + "'"


class Migration(migrations.Migration):
    """The comments of three columns."""

    dependencies = [("models", "0046_muted_kinds")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AlterField("Delivery", "channel", fields.CharEnumField(description=CHANNELS, enum_type=Channel, max_length=16)),
        ops.AlterField("MutedKind", "channel", fields.CharEnumField(description=CHANNELS, enum_type=Channel, max_length=16)),
        ops.AlterField("Delivery", "reason", fields.CharEnumField(null=True, description=REASONS, enum_type=DropReason, max_length=16)),
        # Tortoise comments the columns of a new table only.
        ops.RunSQL([
            _comment("delivery.channel", CHANNELS),
            _comment("muted_kind.channel", CHANNELS),
            _comment("delivery.reason", REASONS),
        ]),
    ]
