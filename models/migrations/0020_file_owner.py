"""A file is an account's, a person's or a member of staff's."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# Most files are an account's: the two others are looked for where there is one.
STATEMENTS = [
    "ALTER TABLE stored_file ADD CONSTRAINT stored_file_has_one_owner"
    " CHECK (num_nonnulls(resident_id, person_id, staff_id) = 1)",
    "CREATE INDEX stored_file_of_person ON stored_file (person_id) WHERE person_id IS NOT NULL",
    "CREATE INDEX stored_file_of_staff ON stored_file (staff_id) WHERE staff_id IS NOT NULL",
]


class Migration(migrations.Migration):
    """The two other owners, and just one of all three."""

    dependencies = [("models", "0019_flow")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="StoredFile",
            name="person",
            field=fields.ForeignKeyField("models.Person", source_field="person_id", null=True, db_constraint=True, to_field="id", related_name="files", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="StoredFile",
            name="staff",
            field=fields.ForeignKeyField("models.Staff", source_field="staff_id", null=True, db_constraint=True, to_field="id", related_name="files", on_delete=OnDelete.RESTRICT),
        ),
        ops.AlterField(
            model_name="StoredFile",
            name="resident",
            field=fields.ForeignKeyField("models.Resident", source_field="resident_id", null=True, db_constraint=True, to_field="id", related_name="files", on_delete=OnDelete.RESTRICT),
        ),
        ops.AlterModelOptions(
            name="StoredFile",
            options={"table": "stored_file", "app": "models", "indexes": [Index(fields=["resident_id"])], "pk_attr": "id", "table_description": "An upload: the bytes lie in the file store under the random `key`."},
        ),
        ops.RunSQL(STATEMENTS),
    ]
