"""What the application's role may do, and what only the owner of the tables may."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from backend import audit
from backend.audit import Act, Actor
from config import grants, migration
from config.database import single
from config.errors import StartError
from models import uuid7
from tests import stage
from tests.stage import Kind

RIGHTS = (
    "SELECT c.relname AS name, string_agg(DISTINCT a.kind, ', ') AS rights"
    " FROM pg_class c LEFT JOIN LATERAL ("
    " SELECT privilege_type FROM aclexplode(c.relacl) WHERE grantee = $1::regrole"
    " UNION ALL SELECT format('%s (%s)', privilege_type, attname)"
    " FROM pg_attribute, aclexplode(attacl) WHERE attrelid = c.oid AND grantee = $1::regrole"
    ") a(kind) ON true"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    " GROUP BY c.relname"
)

HUNG_ON_ANOTHER = (
    "CREATE TEMP TABLE mine (seq bigint); CREATE TRIGGER mine BEFORE INSERT ON mine"
    " FOR EACH ROW EXECUTE FUNCTION access_log_chain()"
)


@pytest.fixture
async def application(database: None) -> AsyncIterator[Any]:
    connection = await single(stage.database_url(f"{Kind.EMPTY}_{stage.WORKER}"))
    yield connection
    await connection.close()


async def test_every_table_has_exactly_the_rights_that_are_written_down(database: None) -> None:
    async with stage.owner() as owner:
        rows = await owner.fetch(RIGHTS, "yikou_app")
    found = {row["name"]: set((row["rights"] or "").split(", ")) for row in rows}
    assert found == {name: set(rights.split(", ")) for name, rights in grants.TABLES.items()}


async def test_the_application_owns_nothing_and_is_nobody_special(application: Any) -> None:
    role = await application.fetchrow(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert not any(role.values())
    owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
    assert await application.fetchval(owned) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER access_log_chain ON access_log",
        "ALTER TABLE access_log DISABLE TRIGGER ALL",
        "DROP TRIGGER case_event_append_only ON case_event",
        "ALTER TABLE item_version DISABLE TRIGGER item_version_frozen",
        "DROP FUNCTION case_event_append_only() CASCADE",
        "SET session_replication_role = replica",
        "UPDATE access_log SET actor = 'nobody'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "UPDATE access_log_head SET seq = 0",
        "DELETE FROM access_log_head",
        HUNG_ON_ANOTHER,
        "UPDATE case_event SET seq = 1",
        "DELETE FROM case_event",
        "TRUNCATE case_event CASCADE",
        "UPDATE appointment_event SET seq = 1",
        "DELETE FROM appointment_event",
        'DELETE FROM "case"',
        "CREATE TABLE stolen (id int)",
        "DROP TABLE message",
        "COPY resident TO PROGRAM 'cat'",
        "CREATE ROLE another",
    ],
)
async def test_what_only_the_owner_may_is_refused(application: Any, statement: str) -> None:
    await audit.record(Act.OPEN_CASE, by=Actor("staff", uuid7()))
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
        await application.execute(statement)


async def test_a_database_with_an_owner_gets_the_applications_role() -> None:
    name = f"app_{stage.WORKER}"
    async with stage.scratch_database("roles", like=Kind.EMPTY) as url:
        own = url.replace("//yikou@", f"//{name}@")
        for _ in range(2):
            await migration.migrate(url, application=own, applied=lambda _name: None)
        connection = await single(own)
        assert await connection.fetchval("SELECT count(*) FROM resident") == 0
        await connection.close()
        applied: list[str] = []
        await migration.migrate(own, application=own, applied=applied.append)
        assert applied == []
        owner = await single(url)
        last = await owner.fetchval(
            "DELETE FROM tortoise_migrations WHERE id = (SELECT max(id) FROM tortoise_migrations)"
            " RETURNING name"
        )
        with pytest.raises(StartError, match=f"{last} is missing.*set YIKOU_DATABASE_OWNER_URL"):
            await migration.migrate(own, application=own)
        await owner.execute(f"DROP OWNED BY {name}")
        await owner.execute(f"DROP ROLE {name}")
        await owner.close()


async def test_one_url_for_both_works_without_another_role() -> None:
    async with stage.scratch_database("single", like=Kind.EMPTY) as url:
        await migration.migrate(url, application=url, applied=lambda _name: None)
        connection = await single(url)
        assert await connection.fetchval("SELECT count(*) FROM resident") == 0
        await connection.close()
