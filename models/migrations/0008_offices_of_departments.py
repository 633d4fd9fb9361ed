"""Offices of departments: several of a unit, each with a place of its own and what it serves."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    """An office of before is its unit's only one: the unit's code becomes its own."""

    dependencies = [("models", "0007_cases_of_a_status")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.AddField(
            model_name="Office",
            name="code",
            field=fields.CharField(max_length=24, null=True),
        ),
        ops.AddField(model_name="Office", name="lat", field=fields.FloatField(null=True)),
        ops.AddField(model_name="Office", name="lng", field=fields.FloatField(null=True)),
        ops.AddField(model_name="Office", name="items", field=fields.JSONField(null=True)),
        ops.AddField(
            model_name="ItemVersion", name="offices_at", field=fields.JSONField(null=True)
        ),
        ops.RunSQL(
            [
                "UPDATE office o SET code = unit_id WHERE NOT EXISTS"
                " (SELECT FROM office p WHERE p.unit_id = o.unit_id AND p.id < o.id)",
                "CREATE UNIQUE INDEX office_once ON office (code)",
            ]
        ),
    ]
