"""A person apart from their accounts; whose name was known by account must be checked again."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.identity import Ground

# A seal is bound to its row, so that no name can be moved from an account to a person. Cases and
# bookings are the accounts' own again, but those of who was erased, which are nobody's.
UNCONFIRMED = [
    *(
        f"""UPDATE {table} held SET person_key = r.id FROM resident r
            WHERE r.id = held.resident_id AND r.erased_at IS NULL"""
        for table in ('"case"', "appointment")
    ),
    """UPDATE resident SET assurance = CASE WHEN phone_hash IS NULL THEN 'wechat' ELSE 'phone' END
       WHERE assurance = 'real_name'""",
]
STATEMENTS = [
    "ALTER TABLE resident ADD CONSTRAINT resident_real_name_of_person"
    " CHECK ((assurance = 'real_name') = (person_id IS NOT NULL))",
    "ALTER TABLE person ADD CONSTRAINT person_checked_known"
    " CHECK (checked IN ('identity_check', 'id_card', 'household_register', 'other'))",
]


class Migration(migrations.Migration):
    """The table, and the account's columns that are the person's."""

    dependencies = [("models", "0004_given_time")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("id_number_hash", fields.CharField(unique=True, max_length=64)),
                ("id_number_sealed", fields.BinaryField()),
                ("name_sealed", fields.BinaryField()),
                ("phone_sealed", fields.BinaryField(null=True)),
                ("phone_hash", fields.CharField(null=True, max_length=64)),
                ("community", fields.ForeignKeyField("models.OrgUnit", source_field="community_id", null=True, db_constraint=True, to_field="code", related_name="persons", on_delete=OnDelete.RESTRICT)),
                ("address_sealed", fields.BinaryField(null=True)),
                ("checked", fields.CharEnumField(description="IDENTITY_CHECK: identity_check\nID_CARD: id_card\nHOUSEHOLD_REGISTER: household_register\nOTHER: other", enum_type=Ground, max_length=32)),
                ("checked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "person", "app": "models", "indexes": [Index(fields=["phone_hash"]), Index(fields=["community_id"])], "pk_attr": "id", "table_description": "A natural person, known by an ID number that was proven; with accounts of their own or none."},
            bases=["Record"],
        ),
        ops.AddField(
            model_name="Erasure",
            name="person",
            field=fields.ForeignKeyField("models.Person", source_field="person_id", null=True, db_constraint=True, to_field="id", related_name="erasures", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="Resident",
            name="person",
            field=fields.ForeignKeyField("models.Person", source_field="person_id", null=True, db_constraint=True, to_field="id", related_name="accounts", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddIndex(model_name="Resident", index=Index(fields=["person_id"])),
        ops.RunSQL(UNCONFIRMED),
        ops.RemoveIndex(model_name="Resident", fields=["id_number_hash"]),
        ops.RemoveField(model_name="Resident", name="id_number_hash"),
        ops.RemoveField(model_name="Resident", name="id_number_sealed"),
        ops.RemoveField(model_name="Resident", name="name_sealed"),
        ops.RemoveField(model_name="Resident", name="person_key"),
        ops.RunSQL(STATEMENTS),
    ]
