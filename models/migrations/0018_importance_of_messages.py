"""How much a message matters, in which version of its words, and why a copy was not sent."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.message import DeliveryStatus, DropReason, Importance

IMPORTANCES = 'ACT: act\nRESULT: result\nINFO: info\nECHO: echo'
REASONS = 'ECHO: echo\nINBOX_ONLY: inbox_only\nNO_SUBSCRIPTION: no_subscription\nNO_CREDIT: no_credit\nKEPT: kept\nSUPERSEDED: superseded'
STATUSES = 'PENDING: pending\nSENDING: sending\nWAITING_CREDIT: waiting_credit\nSENT: sent\nDELIVERED: delivered\nUNKNOWN: unknown\nFAILED: failed\nDROPPED: dropped'


def _comment(column: str, text: str) -> str:
    return f"COMMENT ON COLUMN {column} IS '" + text.replace('\n', r'\n') + "'"


class Migration(migrations.Migration):
    """Columns that are empty or constant at first: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0017_who_was_found")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Message", "importance", fields.CharEnumField(null=True, description=IMPORTANCES, enum_type=Importance, max_length=8)),
        ops.AddField("Message", "wording", fields.CharField(null=True, max_length=8)),
        ops.AddField("Delivery", "reserve", fields.IntField(db_default=0)),
        ops.AddField("Delivery", "reason", fields.CharEnumField(null=True, description=REASONS, enum_type=DropReason, max_length=16)),
        ops.AlterField("Delivery", "status", fields.CharEnumField(default=DeliveryStatus.PENDING, description=STATUSES, enum_type=DeliveryStatus, max_length=16)),
        # Tortoise comments the columns of a new table only.
        ops.RunSQL([
            _comment("message.importance", IMPORTANCES),
            _comment("delivery.reason", REASONS),
            _comment("delivery.status", STATUSES),
        ]),
    ]
