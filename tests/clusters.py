"""PostgreSQL servers of a test's own, copied from what initdb made once in the run."""

import subprocess
from pathlib import Path

from config.embedded import postgres
from tests.stage import PRISTINE


def a_server(place: Path) -> postgres.Postgres:
    """The server of this var dir, whose data lie there as its first start would make them.

    They all have one system identifier.
    """
    place.mkdir(exist_ok=True)
    server = postgres.Postgres(place, durable=False)
    subprocess.run(["cp", "-a", PRISTINE, server.data], check=True)
    return server
