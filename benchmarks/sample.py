"""The limit's scripts: one request of each path, and the SQL PostgreSQL says that it ran."""

import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as File

from backend.cases.record.filing.statements import NEW, SUBMIT
from benchmarks import ids, pgbench, statements
from benchmarks.ids import Side
from benchmarks.load import ask
from benchmarks.paths import Path
from benchmarks.pgbench import Script
from benchmarks.stage import Stage, running, wait_until_ready
from benchmarks.statements import FORGET, HEAR, Statement
from benchmarks.traffic import Traffic
from config import database
from config.embedded.postgres import NAME

# Also behind who sent it, as an Idempotency-Key is kept.
_BLIND = re.compile(r"(?:^|:)([0-9a-f]{64})$")
_OBJECT = "the-sample"
_IDLE = 1.5
"""Seconds in which the server says all that it asks by itself."""


async def sample(stage: Stage, traffic: Traffic, paths: Sequence[Path]) -> dict[str, Script]:
    """A script for each path by its key, from a server that is started for this alone."""
    single = await database.single(stage.owner_url)
    log = stage.folder / "log" / "postgres.log"
    begun = statements.written(log)
    try:
        for order in HEAR:
            await single.execute(order.format(name=NAME))
        web = running(stage, "web", ["miniprogram_api.process.web"], core=stage.cores.measured)
        with web as child:
            wait_until_ready(stage, child, "web", stage.web_port)
            await asyncio.sleep(_IDLE)
            unasked = {each.sql for each in statements.heard(log, begun)}
            found = {}
            for path in paths:
                asked, varying, since_ms = await _one(stage, traffic, path, log)
                own = [each for each in asked if each.sql not in unasked]
                own = await statements.typed(own, single)
                found[path.key] = pgbench.script(own, varying, since_ms=since_ms)
    finally:
        for order in FORGET:
            await single.execute(order.format(name=NAME))
        await single.close()
    return found


async def _one(
    stage: Stage, traffic: Traffic, path: Path, log: File
) -> tuple[list[Statement], Mapping[str, str], int]:
    """What a request runs when the server is warm, what varies in it, and when it began."""
    requests = path.requests(traffic, Side.LIMIT)
    for _ in range(2):
        await ask(stage.web_port, next(requests))
    person, request = ids.FIRST + 2, next(requests)
    before, since_ms = statements.written(log), time.time_ns() // 1_000_000
    answer = json.loads(await ask(stage.web_port, request))
    varying = {str(person): "person"}
    if path.writes:
        varying |= {_OBJECT: "fresh", answer["number"]: "fresh"}
        varying |= {str(slot): "slot" for slot in path.limit_slots}
    asked = [_on_its_own(each) for each in statements.heard(log, before)]
    values = [value for each in asked for value in each.values if value]
    blinded = [found[1] for found in map(_BLIND.search, values) if found]
    return asked, varying | dict.fromkeys(blinded, "fresh"), since_ms


def _on_its_own(asked: Statement) -> Statement:
    """An application about something of its own: its resident may have applied before."""
    if asked.sql.split() != SUBMIT.split():
        return asked
    place = int(NEW.of("object_key").removeprefix("$")) - 1
    values = (*asked.values[:place], _OBJECT, *asked.values[place + 1 :])
    return replace(asked, values=values)
