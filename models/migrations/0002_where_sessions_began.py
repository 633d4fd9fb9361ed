"""On what and from where a session was begun, for its owner; both columns are empty at first."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.identity import Device

DEVICES = 'IPHONE: iphone\nIPAD: ipad\nANDROID: android\nHARMONY: harmony\nWINDOWS: windows\nMAC: mac\nOTHER: other'


class Migration(migrations.Migration):
    """Two columns without a default: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0001_first_release")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.AddField("Session", "device", fields.CharEnumField(null=True, description=DEVICES, enum_type=Device, max_length=16)),
        # Tortoise comments the columns of a new table only.
        ops.RunSQL(["COMMENT ON COLUMN session.device IS '" + DEVICES.replace('\n', r'\n') + "'"]),
        ops.AddField("Session", "network", fields.CharField(null=True, max_length=32)),
    ]
