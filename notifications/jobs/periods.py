"""How often each job runs, as `config/data/jobs.yaml` or the city's own file says.

Jobs are code: a city's own file says how often each runs, and neither adds nor leaves out one.
"""

import difflib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config import sources
from config.errors import StartError
from config.sources import BadRow, Entries, Find, Row, line_of, read_yaml, shown, take

FILE = "jobs.yaml"


class _Row(Row):
    name: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    every: Annotated[int, Field(strict=True, ge=1, le=86_400)]


@cache
def periods() -> dict[str, int]:
    """The seconds from one end of each job to its next start; StartError names each bad row."""
    bad: list[BadRow] = []
    found = read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return found


def read(bad: list[BadRow], find: Find = sources.find) -> dict[str, int]:
    """The good periods by job; never stops at a bad row, such as one that is no job of ours."""
    path = find(FILE)
    ours = [row.name for _, row in _rows(sources.DATA / FILE, []) if row]
    found: dict[str, int] = {}
    if not (rows := _rows(path, bad)):
        return found
    for at, row in rows:
        if row and (fault := _fault(row.name, ours, found)):
            bad.append(replace(at, reason=fault))
        elif row:
            found[row.name] = row.every
    if any(row is None for _, row in rows):
        # Which of them it is may be what cannot be read.
        return found
    given = {_meant(at.row, ours) for at, _ in rows}
    bad += [
        BadRow(shown(path), name, "缺少这个任务，每个任务都须运行 / is missing: every job must run")
        for name in ours
        if name not in given
    ]
    return found


def _fault(name: str, ours: Collection[str], found: Collection[str]) -> str | None:
    if name in found:
        return "重复 / is given twice"
    if name in ours:
        return None
    meant = _meant(name, ours)
    if meant not in ours:
        return "没有这个任务 / there is no such job"
    return f"没有这个任务，是否为 {meant}？ / there is no such job; did you mean {meant}?"


def _meant(name: str, ours: Collection[str]) -> str:
    """The job of ours that it is, or is most like; the name itself if it is like none."""
    return next(iter(difflib.get_close_matches(name, ours, 1)), name)


def _rows(path: Path, bad: list[BadRow]) -> list[tuple[BadRow, _Row | None]]:
    """The rows with their places; None for a bad one."""
    entries = read_yaml(path, bad, Entries)
    rows = []
    for number, content in enumerate(entries):
        name = content.get("name") if isinstance(content, dict) else None
        at = BadRow(shown(path), str(name or f"job {number + 1}"), "", line_of(entries, [number]))
        rows.append((at, take(_Row, content, at=at, bad=bad)))
    return rows
