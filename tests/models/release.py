"""A filled database of a release: what the scene of the audit left in it, kept as SQL.

Whoever makes a release adds its last migration to RELEASES and runs test_upgrade.py, which keeps
what is missing; people and papers in it are made up, and sealed with the public development keys.
"""

from pathlib import Path
from typing import Any

from config import database, migration

FOLDER = Path(__file__).parent / "releases"
# Of what the scene leaves empty: a row each, so that no table is.
_BESIDES = """
INSERT INTO access_log (actor, posts, action, details, request_id)
SELECT 'staff', '[]', 'open_case', '{}', 'made' FROM generate_series(1, 2);
INSERT INTO data_load (id, digest) VALUES (1, 'made');
INSERT INTO job (name, ended_at) VALUES ('made', now());
INSERT INTO office_closure (id, created_at, office_id, day, reason)
SELECT uuidv7(), created_at, id, '2026-10-01', '国庆节' FROM office;
INSERT INTO opening_hours
    (id, created_at, office_id, weekday, opens, closes, desks, slot_minutes)
SELECT uuidv7(), created_at, id, 1, '09:00', '17:00', 2, 30 FROM office;
INSERT INTO push_event (digest, event, received_at) VALUES ('made', 'made', now());
INSERT INTO query_try (key, at) VALUES ('made', now());
INSERT INTO staff_invite (id, created_at, staff_id, code_hash, expires_at)
SELECT uuidv7(), now(), id, 'made', now() FROM staff LIMIT 1;
WITH gone AS (
    INSERT INTO resident (id, created_at, openid_hash, assurance, erased_at)
    VALUES (uuidv7(), now(), 'made', 'wechat', now()) RETURNING id
)
INSERT INTO erasure (id, created_at, resident_id, cause, state, done_at)
SELECT uuidv7(), now(), id, 'made', 'done', now() FROM gone;
"""
# What no case, appointment or member of staff speaks of; a city's catalogue is megabytes.
_UNUSED = """
DELETE FROM item_version v WHERE NOT EXISTS (SELECT FROM "case" c WHERE c.item_version_id = v.id);
DELETE FROM service_item i WHERE NOT EXISTS (SELECT FROM item_version v WHERE v.item_id = i.code);
WITH RECURSIVE used(code) AS (
    SELECT unnest(ARRAY[community_id, department_unit_id, holder_id]) FROM "case"
    UNION SELECT unit_id FROM task UNION SELECT unit_id FROM case_event
    UNION SELECT unit_id FROM message UNION SELECT unit_id FROM post
    UNION SELECT unit_id FROM office UNION SELECT community_id FROM person
    UNION SELECT community_id FROM resident
    UNION SELECT u.parent_id FROM org_unit u JOIN used ON used.code = u.code
)
DELETE FROM org_unit WHERE code NOT IN (SELECT code FROM used WHERE code IS NOT NULL);
"""
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND relname <> 'tortoise_migrations' ORDER BY relname"
)
_NAMES = (
    "SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass"
    " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
_SEQUENCES = (
    "SELECT format('SELECT setval(%L, %s);', sequencename, last_value) AS said FROM pg_sequences"
    " WHERE last_value IS NOT NULL AND sequencename !~ 'migration' ORDER BY 1"
)


async def keep(connection: Any, release: str) -> None:
    """Write the rows of the owner's `connection` for `release`; the database stays as it is."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_BESIDES)
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(_UNUSED)
        lines = [
            line for table in await _tables(connection) for line in await _rows(connection, table)
        ]
        lines += [row["said"] for row in await connection.fetch(_SEQUENCES)]
    finally:
        await transaction.rollback()
    kept(release).write_text("\n".join(lines) + "\n")


async def fill(url: str, release: str) -> None:
    """Migrate the empty database at the owner's `url` to `release`, and put in what was kept."""
    await migration.migrate(url, upto=release, applied=lambda _name: None)
    connection = await database.single(url)
    # Triggers have done their work on these rows already.
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(kept(release).read_text())
    await connection.close()


async def counts(connection: Any) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table: await connection.fetchval(f'SELECT count(*) FROM "{table}"')
        for table in await _tables(connection)
    }


def kept(release: str) -> Path:
    """The file of a release."""
    return FOLDER / f"{release}.sql"


async def _tables(connection: Any) -> list[str]:
    return [row["relname"] for row in await connection.fetch(_TABLES)]


async def _rows(connection: Any, table: str) -> list[str]:
    names = [row["name"] for row in await connection.fetch(_NAMES, f'"{table}"')]
    values = " || ', ' || ".join(f"quote_nullable(t.{name}::text)" for name in names)
    into = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES'
    found = await connection.fetch(f'SELECT {values} AS said FROM "{table}" t ORDER BY 1')
    return [f"{into} ({row['said']});" for row in found]
