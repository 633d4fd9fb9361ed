"""What the tests play on: real servers shared by the run, databases and a Redis of each process."""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from tortoise import Tortoise

from backend.appointments.record import numbers as appointment_numbers
from backend.cases.record import numbers as case_numbers
from backend.catalogue import queries as catalogue
from backend.catalogue.loading import load as catalogue_files
from backend.organisation import load as organisation_files
from backend.organisation import queries as organisation
from config import clock, database, migration
from config.embedded import postgres, valkey
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from tests.forked import Forked, Main

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
POOL = 12
RUN_DIR = Path(os.environ.get("TEST_YIKOU_DIR") or tempfile.mkdtemp(prefix="yikou-test-"))
# What initdb made, for servers of a test's own.
PRISTINE = RUN_DIR / "pristine"


class Kind(StrEnum):
    """What a database holds before a test."""

    EMPTY = "empty"
    CITY = "city"
    DEMO = "demo"  # staff, offices and slots besides, for a running system


def free_port() -> int:
    """A port that nobody uses, never given twice, and out of the range of outgoing connections.

    A port of that range could go to some other test's client before our server binds it.
    """
    while True:
        port = next(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def number() -> int:
    """Which of the run's processes this is, from 0; its half of the Redis databases is enough."""
    given = int(WORKER.removeprefix("gw")) + 1 if WORKER.startswith("gw") else 0
    return given % (valkey.DATABASES // 2)


# Each process has 600 of its own; the start differs so that two runs seldom meet.
PORTS = iter(range(12_000 + 600 * number() + secrets.randbelow(400), 12_600 + 600 * number()))


def set_environment() -> None:
    """Point the settings at this process's share of the run, whatever the shell says."""
    for name in [name for name in os.environ if name.startswith("YIKOU_")]:
        del os.environ[name]
    # The many processes that the tests start read what the first of them has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    var_dir = RUN_DIR / WORKER
    var_dir.mkdir(exist_ok=True)
    os.environ |= {
        "TEST_YIKOU_DIR": str(RUN_DIR),
        "YIKOU_VAR_DIR": str(var_dir),
        "YIKOU_DATABASE_URL": postgres.url(RUN_DIR, f"{Kind.CITY}_{WORKER}"),
        "YIKOU_DATABASE_POOL": str(POOL),
        "YIKOU_REDIS_URL": valkey.url(RUN_DIR, number()),
        "YIKOU_PORT": str(free_port()),
        "YIKOU_SANDBOX_PORT": str(free_port()),
        "YIKOU_WORKERS": "1",
        "YIKOU_RATE_LIMITS": "off",
        "YIKOU_MERGE_SECONDS": "0",
    }


@contextlib.contextmanager
def servers() -> Iterator[None]:
    """Run PostgreSQL and Redis for all processes of this run."""
    RUN_DIR.chmod(0o755)
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, RUN_DIR, ignore_errors=True)
        roster = Roster(RUN_DIR)
        cluster = postgres.Postgres(RUN_DIR, durable=False)
        # Each test process has rivals with pools of their own, and servers that it starts.
        cluster.extra = {"max_connections": "300"}
        cluster.prepare()
        subprocess.run(["cp", "-a", cluster.data, PRISTINE], check=True)
        for server in (cluster, valkey.Valkey(RUN_DIR)):
            undo.callback(stop, start(server, roster), server.program())
        yield


@contextlib.asynccontextmanager
async def scratch_database(name: str, like: Kind | None = None) -> AsyncIterator[str]:
    """The owner's URL of a database of this process, dropped afterwards; empty or `like` one."""
    own = f"{name}_{WORKER}"
    if like:
        await _template(like)
    await _administer(f"CREATE DATABASE {own}" + (f" TEMPLATE {like}_template" if like else ""))
    try:
        yield owner_url(own)
    finally:
        await _administer(f"DROP DATABASE {own} WITH (FORCE)")


class Databases:
    """This process's databases: cloned when first asked for, one open at a time."""

    def __init__(self) -> None:
        self.open: Kind | None = None
        self.reference: dict[Kind, dict[str, str]] = {}
        # The owner's connection to the open database, and the statement that looks at its tables.
        self._keeper: Any = None
        self._look = ""

    async def use(self, kind: Kind) -> None:
        """Have the pool on the database of this kind, as its template left it."""
        if self.open is not kind:
            await self._connect(kind)
        if await self._clean(kind):
            await self.close()
            await clone(kind)
            await self._connect(kind)

    async def close(self) -> None:
        """Close the pool."""
        if self.open is not None:
            self.open = None
            await self._keeper.close()
            await database.disconnect()

    async def _connect(self, kind: Kind) -> None:
        await self.close()
        if kind not in self.reference:
            await clone(kind)
        config = database.tortoise(database_url(f"{kind}_{WORKER}"), pool=POOL)
        # Rivals of a race must not wait for each other's connection to be made.
        config["connections"]["default"]["credentials"]["minsize"] = 8
        await Tortoise.init(config=config, _enable_global_fallback=True)
        self.open = kind
        self._keeper = await database.single(owner_url(f"{kind}_{WORKER}"))
        # No trigger or key keeps it from deleting. To set it for each would forget the plan of the
        # statement that looks.
        await self._keeper.execute("SET session_replication_role = replica")
        self._look = await _look_at(self._keeper)
        # Numbers that another database's sequence gave could be given again by this one's.
        for numbers in (case_numbers, appointment_numbers):
            numbers.serials._left.clear()  # noqa: SLF001 - no process changes its database
        if kind is Kind.CITY:
            # What a serving process keeps in memory; of the catalogue, what is not known yet.
            await organisation.load()
            catalogue._kept.fresh_until = 0.0  # noqa: SLF001
            await catalogue.departments()
        if kind not in self.reference:
            self.reference[kind] = await self._prints()

    async def _clean(self, kind: Kind) -> bool:
        """Empty the tables that were empty in the template; True if one of its rows was touched."""
        found, kept = await self._prints(), self.reference[kind]
        dirty = [table for table, print_ in found.items() if print_ and not kept[table]]
        if dirty:
            await self._keeper.execute("".join(f'DELETE FROM "{table}";' for table in dirty))
        return any(kept[table] != found[table] for table in kept if kept[table])

    async def _prints(self) -> dict[str, str]:
        """What changes of each table when a row is added, changed or deleted; empty without any."""
        return dict(await self._keeper.fetchrow(self._look))


DATABASES = Databases()


@contextlib.asynccontextmanager
async def owner() -> AsyncIterator[Any]:
    """A connection to the open database as the one who has the server."""
    assert DATABASES.open is not None, "no database is open"
    connection = await database.single(owner_url(f"{DATABASES.open}_{WORKER}"))
    try:
        yield connection
    finally:
        await connection.close()


async def clone(kind: Kind) -> str:
    """Make this process's database of this kind anew, from its template; its name."""
    await _template(kind)
    name = f"{kind}_{WORKER}"
    await _administer(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE {kind}_template",
    )
    return name


async def _look_at(connection: Any) -> str:
    """The statement that tells of each table what changes with its rows; empty without rows."""
    tables = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ 'migration'"
    )
    state = "SELECT coalesce(count(*) || '/' || max(xmin::text::bigint), '')"
    columns = [f'({state} FROM "{row["tablename"]}") AS "{row["tablename"]}"' for row in tables]
    return f"SELECT {', '.join(columns)}"


async def _template(kind: Kind) -> None:
    """Build the run's template once; other processes wait for it."""
    with (RUN_DIR / f"{kind}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read():
            return
        name = f"{kind}_template"
        before = {Kind.CITY: Kind.EMPTY, Kind.DEMO: Kind.CITY}.get(kind)
        if before is None:
            await _administer(f"CREATE DATABASE {name}")
            await migration.migrate(
                owner_url(name), application=database_url(name), applied=_silently
            )
        else:
            await _template(before)
            await _administer(f"CREATE DATABASE {name} TEMPLATE {before}_template")
            if kind is Kind.CITY:
                await _load_city(database_url(name))
            else:
                _run(name, "sandbox.seed")
        lock.write("built")


def _run(name: str, module: str) -> None:
    """Have another process fill the database: this one's pool may be open on its own."""
    log = RUN_DIR / f"{module}.log"
    environ = os.environ | {
        "YIKOU_DATABASE_URL": database_url(name),
        "YIKOU_DATABASE_OWNER_URL": owner_url(name),
    }
    filling = Forked(Main(module), environ, out=log, err=log)
    assert filling.wait() == 0, log.read_text()


async def _load_city(url: str) -> None:
    # A process has one pool at a time, and a test's own may be open by now.
    opened = DATABASES.open
    await DATABASES.close()
    await Tortoise.init(config=database.tortoise(url, pool=2), _enable_global_fallback=True)
    now = clock.now()
    units, items = await organisation_files.load(now=now), await catalogue_files.load(now=now)
    assert not [*units.bad, *items.bad]
    await database.disconnect()
    if opened is not None:
        await DATABASES.use(opened)


async def _administer(*statements: str) -> None:
    connection = await database.single(owner_url("postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def database_url(name: str) -> str:
    """The application's URL of a database of this run."""
    return postgres.url(RUN_DIR, name)


def owner_url(name: str) -> str:
    """The same as the one who owns its tables."""
    return postgres.owner_url(RUN_DIR, name)


def _silently(_name: str) -> None:
    """A migration was applied."""
