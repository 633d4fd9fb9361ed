"""The second factor of staff, and when its code was given in a session."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from models.base import uuid7


class Migration(migrations.Migration):
    """A table, and a column without a default: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0005_to_do_from_the_index")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - Tortoise's own form
        ops.AddField("Session", "factor_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.CreateModel(name='SecondFactor', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('staff', fields.OneToOneField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='second_factor', on_delete=OnDelete.RESTRICT)),
            ('offered_sealed', fields.BinaryField(null=True)),
            ('secret_sealed', fields.BinaryField(null=True)),
            ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ('last_step', fields.BigIntField(null=True)),
            ('recovery_hashes', fields.JSONField(db_default=[], encoder=JSON_DUMPS, decoder=loads)),
            ('failures', fields.IntField(db_default=0)),
            ('locked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ], options={'table': 'second_factor', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The second factor of a member of staff: what their phone makes one-time codes with (TOTP).'}, bases=['Record']),
        ops.RunSQL([
            "ALTER TABLE second_factor ADD CONSTRAINT second_factor_whole"
            " CHECK (num_nonnulls(secret_sealed, confirmed_at, last_step) IN (0, 3))",
        ]),
    ]
