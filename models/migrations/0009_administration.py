"""Who granted a post, and how often something was done about a member of staff."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns that are empty, or have one constant for all rows: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0008_offices_of_departments")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.AddField("Staff", "version", fields.IntField(db_default=1)),
        ops.AddField("Post", "granted_by", fields.ForeignKeyField('models.Staff', source_field='granted_by_id', null=True, db_constraint=True, to_field='id', related_name='granted_posts', on_delete=OnDelete.RESTRICT)),
    ]
