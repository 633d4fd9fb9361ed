"""Ids as asyncpg reads them go through every part as they are."""

import ast
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest

from config import encoding
from config.database import connection
from notifications.telling.outgoing import payload
from tests.notifications.factories import a_resident, an_outgoing

ROOT = Path(__file__).parents[2]


async def as_read() -> UUID:
    """An id that came from the database: no plain UUID, which is what this is about."""
    rows = await connection().execute_query_dict("SELECT uuidv7() AS id")
    found: UUID = rows[0]["id"]
    assert type(found) is not UUID
    return found


async def test_an_id_as_it_was_read_is_written_like_any_other(database: None) -> None:
    read, made = await as_read(), uuid4()

    assert orjson.loads(encoding.dumps({"ids": [read, made]})) == {"ids": [str(read), str(made)]}


async def test_an_id_as_it_was_read_is_the_key_that_a_plain_one_is(database: None) -> None:
    read = await as_read()

    assert {read: "found"}[UUID(str(read))] == "found"


async def test_what_is_told_may_name_ids_as_they_were_read(database: None) -> None:
    resident = await a_resident()
    resident.id = await as_read()

    (told,) = orjson.loads(payload(an_outgoing(resident)))

    assert told["resident_id"] == str(resident.id)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        encoding.dumps({"at": object()})


def test_nobody_has_a_way_of_their_own() -> None:
    own = [
        str(path.relative_to(ROOT))
        for package in ("backend", "miniprogram_api", "notifications")
        for path in (ROOT / package).rglob("*.py")
        if "orjson.dumps" in (code := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        if ast.unparse(node.func) == "orjson.dumps"
        and any(given.arg == "default" for given in node.keywords)
    ]

    assert own == []
