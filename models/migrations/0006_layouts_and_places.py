"""The layout of forms, whose order JSON objects lose, and where communities lie.

Versions published before have an empty layout: what they say stays as it was.
"""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns for the layout and for coordinates."""

    dependencies = [("models", "0005_access_log")]

    operations = [
        ops.AddField(
            "ItemVersion",
            "layout",
            fields.JSONField(db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField("OrgUnit", "lat", fields.FloatField(null=True)),
        ops.AddField("OrgUnit", "lng", fields.FloatField(null=True)),
    ]
