"""A deployment of before the sealing keeps what it had, and none of it in clear."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate

from backend.files import names
from backend.identity import accounts
from config import database
from config.vault import sealed
from tests.stage import scratch_database

BEFORE = "models.0009_query_tries"
RESIDENT, CASE, EVENT, OTHER_EVENT, PAPER, VISIT, FILE, GONE, STAFF = (uuid4() for _ in range(9))
# Only the columns that count here are given; the others take what the loop below finds for them.
ROWS: dict[str, list[dict[str, Any]]] = {
    "resident": [
        {"id": RESIDENT, "openid": "o-wang", "unionid": "u-wang"},
        {"id": GONE, "openid": f"erased-{GONE}"},
    ],
    "case": [{"id": CASE, "resident_id": RESIDENT, "supplement": '{"defects": ["照片模糊"]}'}],
    "case_event": [
        {
            "id": EVENT,
            "case_id": CASE,
            "seq": 1,
            "public": '{"a": "甲"}',
            "internal": '{"b": "乙"}',
        },
        {"id": OTHER_EVENT, "case_id": CASE, "seq": 2, "public": "{}", "internal": "{}"},
    ],
    "case_material": [{"id": PAPER, "case_id": CASE, "reason": "照片模糊"}],
    "appointment": [{"id": VISIT, "resident_id": RESIDENT, "cancel_reason": "临时有事"}],
    "stored_file": [{"id": FILE, "resident_id": RESIDENT, "name": "户口本.pdf"}],
    "staff": [{"id": STAFF, "openid": "o-clerk"}],
    "idempotency_key": [{"id": f"resident:{RESIDENT}:mine"}],
}
_COLUMNS = """
SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = format('%I', $1::text)::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull
"""
_ANYTHING = {
    "uuid": "uuidv7()",
    "character varying": "left(md5(random()::text), 16)",
    "timestamp with time zone": "now()",
    "date": "now()::date",
    "bytea": "'\\x'::bytea",
    "boolean": "true",
}


@pytest.fixture(scope="module")
async def rows() -> Any:
    """The rows of before, in a database that was then brought up to date."""
    async with scratch_database("sealing") as url:
        await _migrate(url, target=BEFORE)
        connection = await database.single(url)
        try:
            await connection.execute("SET session_replication_role = replica")
            for table, given in ROWS.items():
                for row in given:
                    await _insert(connection, table, row)
            await _migrate(url)
            yield connection
        finally:
            await connection.close()


async def test_what_was_there_is_sealed_in_its_place(rows: Any) -> None:
    async def one(table: str, row: UUID) -> Any:
        return await rows.fetchrow(f'SELECT * FROM "{table}" WHERE id = $1', row)

    resident, gone = await one("resident", RESIDENT), await one("resident", GONE)
    assert accounts.openid_of(RESIDENT, resident["openid_sealed"]) == "o-wang"
    assert resident["openid_hash"] == accounts.hashed("o-wang")
    assert (gone["openid_sealed"], gone["openid_hash"]) == (None, f"erased-{GONE}")
    assert (await one("staff", STAFF))["openid_hash"] == accounts.hashed("o-clerk")
    for table, row, column, value in (
        ("case", CASE, "supplement", {"defects": ["照片模糊"]}),
        ("case_event", EVENT, "public", {"a": "甲"}),
        ("case_event", EVENT, "internal", {"b": "乙"}),
        ("case_event", OTHER_EVENT, "public", {}),
    ):
        stored = (await one(table, row))[f"{column}_sealed"]
        assert sealed.unseal_json(table, row, column=column, stored=stored) == value
    for table, row, column, text in (
        ("case_material", PAPER, "reason", "照片模糊"),
        ("appointment", VISIT, "cancel_reason", "临时有事"),
        ("stored_file", FILE, "name", "户口本.pdf"),
    ):
        stored = (await one(table, row))[f"{column}_sealed"]
        assert sealed.unseal(table, row, column=column, stored=stored) == text
    file = await one("stored_file", FILE)
    assert file["name_hash"] == names.hashed(RESIDENT, "户口本.pdf")


async def test_answers_of_before_are_forgotten_and_the_history_is_guarded_again(rows: Any) -> None:
    guards = await rows.fetch("SELECT tgenabled FROM pg_trigger WHERE tgname ~ 'append_only'")

    assert await rows.fetchval("SELECT count(*) FROM idempotency_key") == 0
    assert {guard["tgenabled"] for guard in guards} == {b"O"}


async def _migrate(url: str, target: str | None = None) -> None:
    async with TortoiseContext():
        await migrate(config=database.tortoise(url, pool=2), direction="forward", target=target)
        await Tortoise.close_connections()


async def _insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    """Write the row, with anything in the columns that must hold something."""
    columns = await connection.fetch(_COLUMNS, table)
    more = {
        column["name"]: _ANYTHING.get(column["type"], "'1'")
        for column in columns
        if column["name"] not in row
    }
    names_ = ", ".join(f'"{name}"' for name in (*row, *more))
    values = ", ".join([*(f"${place}" for place in range(1, len(row) + 1)), *more.values()])
    await connection.execute(f'INSERT INTO "{table}" ({names_}) VALUES ({values})', *row.values())
