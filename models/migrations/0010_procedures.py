"""What stops a clock, and what a decision requires, apart: they stood in one list of names."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Of versions published before, the names alone are known: what is not a visit or a publicity was
# a comparison or somebody's opinion, and none of them says for how long it may stop a clock.
_TOLD_APART = """
UPDATE item_version SET guide = guide - 'special_procedures' - 'publicity_days'
    || jsonb_build_object('pauses', '[]'::jsonb, 'requires', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'kind', CASE WHEN said = '公示' THEN 'publicity'
                         WHEN said ~ '入户|现场|实地' THEN 'visit' ELSE 'review' END,
            'name', said,
            'days', CASE WHEN said = '公示' THEN coalesce(guide->'publicity_days', '1') END)),
            '[]'::jsonb)
        FROM jsonb_array_elements_text(guide->'special_procedures') AS told(said)))
WHERE guide ? 'special_procedures'
"""


class Migration(migrations.Migration):
    """The same versions in the new shape; their trigger lets nobody else change them."""

    dependencies = [("models", "0009_recipients")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RunSQL(
            [
                "ALTER TABLE item_version DISABLE TRIGGER item_version_frozen",
                _TOLD_APART,
                "ALTER TABLE item_version ENABLE TRIGGER item_version_frozen",
            ]
        )
    ]
