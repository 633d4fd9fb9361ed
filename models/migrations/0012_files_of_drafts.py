"""Which files a draft names, so that they are kept as long as it is; of older drafts not known."""

from tortoise import migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A column without a default: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0011_papers_checked")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.AddField("Draft", "file_ids", ArrayField(element_type="uuid", null=True)),
    ]
