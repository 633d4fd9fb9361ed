"""A condition is a sentence and a rule; those of versions published before have no rule."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_WITHOUT_RULE = """
UPDATE item_version SET guide = guide || jsonb_build_object('conditions', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('text', said, 'rule', NULL)), '[]'::jsonb)
    FROM jsonb_array_elements(guide->'conditions') AS told(said)))
WHERE jsonb_typeof(guide->'conditions'->0) = 'string'
"""


class Migration(migrations.Migration):
    """The same versions in the new shape; their trigger lets nobody else change them."""

    dependencies = [("models", "0014_case_form")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RunSQL(
            [
                "ALTER TABLE item_version DISABLE TRIGGER item_version_frozen",
                _WITHOUT_RULE,
                "ALTER TABLE item_version ENABLE TRIGGER item_version_frozen",
            ]
        )
    ]
