"""A fee says what is charged and why; versions published before charged nothing, so they said."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_NONE_CHARGED = """
UPDATE item_version SET guide = jsonb_set(guide, '{fee}',
    '{"charged": false, "items": [], "basis": null}')
WHERE NOT guide->'fee' ? 'items'
"""


class Migration(migrations.Migration):
    """The same versions in the new shape; their trigger lets nobody else change them."""

    dependencies = [("models", "0021_seat")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RunSQL(
            [
                "ALTER TABLE item_version DISABLE TRIGGER item_version_frozen",
                _NONE_CHARGED,
                "ALTER TABLE item_version ENABLE TRIGGER item_version_frozen",
            ]
        )
    ]
