"""The access log: rows in a chain that no writer can skip, change or cut.

The trigger gives each row its number, time and hash under one lock, held until its transaction ends.
The hash is taken over the hash before and the columns in the order below, each as
`length:text,` (length in bytes) and a null as `-,`; backend/audit/chain.py computes the same.
"""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

_COLUMNS: list[tuple[str, Any]] = [
    ("seq", fields.BigIntField(primary_key=True, generated=False, unique=True, db_index=True)),
    ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
    ("actor", fields.CharField(max_length=16)),
    ("actor_id", fields.UUIDField(null=True)),
    ("posts", fields.JSONField()),
    ("action", fields.CharField(max_length=32)),
    ("object_kind", fields.CharField(null=True, max_length=16)),
    ("object_id", fields.CharField(null=True, max_length=64)),
    ("resident_id", fields.UUIDField(null=True)),
    ("purpose", fields.CharField(null=True, max_length=64)),
    ("details", fields.JSONField()),
    ("request_id", fields.CharField(max_length=64)),
    ("address_hash", fields.CharField(null=True, max_length=64)),
    ("hash", fields.BinaryField()),
]

_FIELD = """CREATE FUNCTION access_log_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(octet_length(value) || ':' || value, '-') || ','
    $$"""

_LINKED = (
    "NEW.seq::text",
    "((extract(epoch FROM NEW.at) * 1000000)::bigint)::text",
    "NEW.actor",
    "NEW.actor_id::text",
    "NEW.posts::text",
    "NEW.action",
    "NEW.object_kind",
    "NEW.object_id",
    "NEW.resident_id::text",
    "NEW.purpose",
    "NEW.details::text",
    "NEW.request_id",
    "NEW.address_hash",
)
_TEXT = " || ".join(f"access_log_field({part})" for part in _LINKED)

_CHAIN = f"""CREATE FUNCTION access_log_chain() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last access_log%ROWTYPE;
        BEGIN
            PERFORM pg_advisory_xact_lock(2036427619);
            SELECT * INTO last FROM access_log ORDER BY seq DESC LIMIT 1;
            NEW.seq := coalesce(last.seq, 0) + 1;
            NEW.at := clock_timestamp();
            NEW.hash := sha256(
                coalesce(last.hash, decode(repeat('00', 32), 'hex'))
                || convert_to({_TEXT}, 'UTF8'));
            RETURN NEW;
        END $$"""

_REFUSE = """CREATE FUNCTION access_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the access log is never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'access_log_append_only';
        END $$"""

STATEMENTS: list[tuple[str, str]] = [
    (_FIELD, "DROP FUNCTION access_log_field(text)"),
    (_CHAIN, "DROP FUNCTION access_log_chain()"),
    (
        "CREATE TRIGGER access_log_chain BEFORE INSERT ON access_log"
        " FOR EACH ROW EXECUTE FUNCTION access_log_chain()",
        "DROP TRIGGER access_log_chain ON access_log",
    ),
    (_REFUSE, "DROP FUNCTION access_log_append_only()"),
    (
        "CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only()",
        "DROP TRIGGER access_log_append_only ON access_log",
    ),
]


class Migration(migrations.Migration):
    """The access log, chained and append-only."""

    dependencies = [("models", "0004_hot_rows")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="AccessRecord",
            fields=_COLUMNS,
            options={
                "table": "access_log",
                "app": "models",
                "indexes": [
                    Index(fields=["resident_id", "seq"]),
                    Index(fields=["actor_id", "seq"]),
                ],
                "pk_attr": "seq",
                "table_description": (
                    "One act, never changed or deleted; the database gives `seq`, `at` and `hash`."
                ),
            },
            bases=["Strict"],
        ),
        ops.RunSQL(
            [sql for sql, _ in STATEMENTS], reverse_sql=[back for _, back in reversed(STATEMENTS)]
        ),
    ]
