"""Accounts that were closed, and days on which an office is."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.erasure import ErasureState

_RECORD: list[tuple[str, Any]] = [
    ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
    ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
]


def _to(model: str, name: str, related: str) -> tuple[str, Any]:
    return name, fields.ForeignKeyField(
        f"models.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    """The two tables and when a resident was erased."""

    dependencies = [("models", "0007_bookings_bounded")]

    operations = [
        ops.AddField("Resident", "erased_at", fields.DatetimeField(null=True)),
        ops.CreateModel(
            name="Erasure",
            fields=[
                *_RECORD,
                _to("Resident", "resident", "erasures"),
                ("cause", fields.CharField(max_length=64)),
                ("state", fields.CharEnumField(enum_type=ErasureState, max_length=16)),
                ("done_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "erasure", "app": "models", "pk_attr": "id"},
            bases=["Record"],
        ),
        ops.CreateModel(
            name="OfficeClosure",
            fields=[
                *_RECORD,
                _to("Office", "office", "closures"),
                ("day", fields.DateField()),
                ("reason", fields.CharField(max_length=100)),
            ],
            options={"table": "office_closure", "app": "models", "pk_attr": "id"},
            bases=["Record"],
        ),
        ops.RunSQL(
            "CREATE UNIQUE INDEX erasure_once ON erasure (resident_id)",
            reverse_sql="DROP INDEX erasure_once",
        ),
        ops.RunSQL(
            "CREATE UNIQUE INDEX office_closure_once ON office_closure (office_id, day)",
            reverse_sql="DROP INDEX office_closure_once",
        ),
    ]
