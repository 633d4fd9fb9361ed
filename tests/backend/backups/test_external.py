"""A server of the city's own, with names, passwords and settings of its own, comes back as ours."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.backups import restoring
from backend.backups.folder import Folder
from backend.backups.taking import take
from backend.consistency import audit
from config import database, migration
from config.embedded import postgres, sockets
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from tests.clusters import a_server

MADE = (
    "CREATE ROLE \"the city\" SUPERUSER LOGIN PASSWORD 'hush'",
    'CREATE DATABASE "the window" OWNER "the city"',
)


@pytest.fixture
async def external(tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a server that asks for passwords and knows no role and database of our names."""
    place = tmp_path / "external"
    server = a_server(place)
    process = await asyncio.to_thread(start, server, Roster(place))
    connection = await database.single(postgres.owner_url(place, "postgres"))
    for statement in (*MADE, "DROP DATABASE yikou"):
        await connection.execute(statement)
    await connection.close()
    host = str(sockets.folder(place)).replace("/", "%2F")
    url = f"postgres://the%20city:hush@/the%20window?host={host}"
    connection = await database.single(url)
    await connection.execute("ALTER ROLE yikou RENAME TO postgres")
    (server.data / "pg_hba.conf").write_text("local all,replication all scram-sha-256\n")
    await connection.execute("SELECT pg_reload_conf()")
    # Read at its next start, which on another machine has no such library.
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("shared_preload_libraries = 'not_installed_here'\n")
    await connection.close()
    await migration.migrate(url, applied=lambda _: None)
    yield url
    stop(process, server.program())


async def test_it_is_restored_under_the_names_that_run_takes(external: str, tmp_path: Path) -> None:
    folder, place = Folder(tmp_path / "backup"), tmp_path / "restored"
    await take(external, folder)

    await restoring.restore(folder, place, to=None, say=print, durable=False)

    server = postgres.Postgres(place, durable=False)
    process = await asyncio.to_thread(start, server, Roster(place))
    try:
        findings = await audit.run(postgres.owner_url(place), audit.checks())
        await migration.migrate(
            postgres.owner_url(place), application=postgres.url(place), applied=print
        )
        application = await database.single(postgres.url(place))
        rows = await application.fetchval("SELECT count(*) FROM stored_file")
        await application.close()
    finally:
        stop(process, server.program())
        shutil.rmtree(place)
    assert findings
    assert rows == 0
