"""Each form of a case is kept, and numbered; the case has its query code alone."""

from typing import Any

import orjson
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from config import vault
from config.vault import sealed
from models.base import uuid7

PAGE = 1000
_STORED = 'SELECT id, sealed FROM "case" WHERE id > $1 ORDER BY id LIMIT $2'
_CODES = """
UPDATE "case" c SET query_code_sealed = given.code
FROM unnest($1::uuid[], $2::bytea[]) AS given(id, code) WHERE c.id = given.id
"""
_FORMS = """
INSERT INTO case_form (id, created_at, case_id, no, actor, actor_id, form_sealed)
SELECT given.form_id, c.submitted_at, c.id, 1, 'resident', c.resident_id, given.form
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS given(id, form_id, form)
JOIN "case" c ON c.id = given.id
"""
STATEMENTS = [
    "ALTER TABLE case_form DROP CONSTRAINT case_form_case_id_fkey",
    "CREATE UNIQUE INDEX case_form_once ON case_form (case_id, no)",
    """CREATE FUNCTION case_form_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'forms that were handed in are never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_form_append_only';
        END $$""",
    "CREATE TRIGGER case_form_append_only BEFORE UPDATE OR DELETE ON case_form"
    " FOR EACH ROW EXECUTE FUNCTION case_form_append_only()",
]


async def _seal_apart(_apps: object, editor: Any) -> None:
    """Seal form and code of each case anew, each for the row and column that it goes to."""
    last = "00000000-0000-0000-0000-000000000000"
    while rows := await editor.client.execute_query_dict(_STORED, [last, PAGE]):
        cases, codes, form_ids, forms = [], [], [], []
        for row in rows:
            case_id, form_id = row["id"], uuid7()
            content = orjson.loads(vault.unseal(bytes(row["sealed"]), context=f"case:{case_id}"))
            code, form = content["query_code"], orjson.dumps(content["form"]).decode()
            cases.append(case_id)
            codes.append(sealed.seal("case", case_id, column="query_code", text=code))
            form_ids.append(form_id)
            forms.append(sealed.seal("case_form", form_id, column="form", text=form))
        await editor.client.execute_query(_CODES, [cases, codes])
        await editor.client.execute_query(_FORMS, [cases, form_ids, forms])
        last = rows[-1]["id"]


class Migration(migrations.Migration):
    """The table, and what was in the row of the case."""

    dependencies = [("models", "0013_appointment_event")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="CaseForm",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("case", fields.ForeignKeyField("models.Case", source_field="case_id", db_constraint=False, to_field="id", related_name="forms", on_delete=OnDelete.RESTRICT)),
                ("no", fields.IntField()),
                ("actor", fields.CharField(max_length=16)),
                ("actor_id", fields.UUIDField()),
                ("form_sealed", fields.BinaryField()),
            ],
            options={"table": "case_form", "app": "models", "pk_attr": "id", "table_description": "A form as it was handed in, never updated or deleted; `no` counts from 1, the newest holds."},
            bases=["Record"],
        ),
        ops.AddField(model_name="Case", name="query_code_sealed", field=fields.BinaryField(null=True)),
        ops.RunPython(_seal_apart),
        ops.AlterField(model_name="Case", name="query_code_sealed", field=fields.BinaryField()),
        ops.RemoveField(model_name="Case", name="sealed"),
        ops.RunSQL(STATEMENTS),
    ]
