"""With which copy one went that was merged into it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.message import DropReason

REASONS = 'ECHO: echo\nINBOX_ONLY: inbox_only\nNO_SUBSCRIPTION: no_subscription\nNO_CREDIT: no_credit\nKEPT: kept\nSUPERSEDED: superseded\nMERGED: merged'


class Migration(migrations.Migration):
    """A column without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0044_deliveries_held")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Delivery", "merged_into_id", fields.UUIDField(null=True)),
        ops.AlterField("Delivery", "reason", fields.CharEnumField(null=True, description=REASONS, enum_type=DropReason, max_length=16)),
        ops.RunSQL(["COMMENT ON COLUMN delivery.reason IS '" + REASONS.replace("\n", r"\n") + "'"]),
    ]
