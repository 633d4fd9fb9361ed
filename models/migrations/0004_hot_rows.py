"""Hot rows let go of what costs time and protects nothing.

Units, items, versions and offices are never deleted or renamed (the triggers below), so a code once
written stays good. A foreign key to them would only check, at each write, codes that the process
read from these tables itself, and would make all writers lock the same few rows.
Indexes whose columns another index covers, or that nobody searches by, go too.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Referencing table, column, referenced table and its key.
LOOSENED = [
    ('"case"', "item_id", "service_item", "code"),
    ('"case"', "item_version_id", "item_version", "id"),
    ('"case"', "community_id", "org_unit", "code"),
    ('"case"', "department_unit_id", "org_unit", "code"),
    ('"case"', "holder_id", "org_unit", "code"),
    ("case_event", "unit_id", "org_unit", "code"),
    ("task", "unit_id", "org_unit", "code"),
    ("appointment", "item_id", "service_item", "code"),
    ("appointment", "office_id", "office", "id"),
    ("appointment", "slot_id", "slot", "id"),
]
KEPT = [
    ("org_unit", "code"),
    ("service_item", "code"),
    ("item_version", "id"),
    ("office", "id"),
]
UNUSED = [('"case"', "community_id, id"), ('"case"', "item_version_id")]

# Taking the seat finds the slot anyway, so it also says if there is none: a foreign key would lock
# the hot row a second time, and share that lock among all rivals.
_SEAT = """CREATE OR REPLACE FUNCTION appointment_seat() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            frees boolean := TG_OP <> 'INSERT' AND OLD.status <> 'cancelled';
            takes boolean := TG_OP <> 'DELETE' AND NEW.status <> 'cancelled';
        BEGIN
            IF frees AND takes AND NEW.slot_id = OLD.slot_id THEN
                RETURN NULL;
            END IF;
            IF frees THEN
                UPDATE slot SET booked = booked - 1 WHERE id = OLD.slot_id;
            END IF;
            IF takes THEN
                UPDATE slot SET booked = booked + 1 WHERE id = NEW.slot_id;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'there is no slot %', NEW.slot_id
                        USING ERRCODE = 'foreign_key_violation',
                              CONSTRAINT = 'appointment_slot_id_fkey';
                END IF;
            END IF;
            RETURN NULL;
        END $$"""

_SLOT = """CREATE FUNCTION slot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM appointment WHERE slot_id = OLD.id) THEN
                RAISE EXCEPTION 'a slot with appointments is never deleted, and none is renamed'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'slot_kept';
            END IF;
            RETURN OLD;
        END $$"""

_REFUSE = """CREATE FUNCTION kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% rows are never deleted or renamed', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
        END $$"""


def _name(table: str, column: str) -> str:
    return f"{table.strip(chr(34))}_{column}_fkey"


def _drop_indexes(table: str, columns: str) -> str:
    """Tortoise names its indexes by a hash, so they are found by what they cover."""
    return f"""DO $$ DECLARE found text; BEGIN
        SELECT indexname INTO STRICT found FROM pg_indexes
        WHERE tablename = '{table.strip(chr(34))}' AND indexname LIKE 'idx\\_%'
            AND indexdef LIKE '%btree ({columns})';
        EXECUTE format('DROP INDEX %I', found);
    END $$"""


STATEMENTS: list[tuple[str, str]] = [
    (_SEAT, "SELECT 1"),
    # Room on each page for the next version of a slot that many book.
    ("ALTER TABLE slot SET (fillfactor = 60)", "ALTER TABLE slot RESET (fillfactor)"),
    (_SLOT, "DROP FUNCTION slot_kept()"),
    (
        "CREATE TRIGGER slot_kept BEFORE DELETE OR UPDATE OF id ON slot"
        " FOR EACH ROW EXECUTE FUNCTION slot_kept()",
        "DROP TRIGGER slot_kept ON slot",
    ),
    (_REFUSE, "DROP FUNCTION kept_for_good()"),
    *(
        (
            f"CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE OF {key} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION kept_for_good()",
            f"DROP TRIGGER {table}_kept ON {table}",
        )
        for table, key in KEPT
    ),
    *(
        (
            f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column)}",
            f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column)}"
            f" FOREIGN KEY ({column}) REFERENCES {to} ({key}) ON DELETE RESTRICT",
        )
        for table, column, to, key in LOOSENED
    ),
    *(
        (_drop_indexes(table, columns), f"CREATE INDEX ON {table} ({columns})")
        for table, columns in UNUSED
    ),
]


class Migration(migrations.Migration):
    """Reference rows are kept by triggers instead of by a key in every row that names them."""

    dependencies = [("models", "0003_delivery_indexes")]

    # One operation: before each of its own, Tortoise builds all models of its state anew.
    operations = [
        ops.RunSQL(
            [sql for sql, _ in STATEMENTS], reverse_sql=[back for _, back in reversed(STATEMENTS)]
        )
    ]
