"""The limit: pgbench runs the endpoint's own SQL, prepared, with nothing before or after it."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import ids, machine
from benchmarks.stage import Stage, pgbench
from benchmarks.statements import Statement

_PLACEHOLDER = re.compile(r"\$(\d+)")
_TPS = re.compile(r"^tps = ([0-9.]+) \(without", re.MULTILINE)
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_NUMBER_DIGITS = 12
_EACH_RUN = 7500
"""Residents that one run may walk through: eight runs of a path do not meet."""

# `turn` counts a client's transactions, `fresh` is new in each, `person` walks through the numbers
# of `people` residents, each client of each run from a place of its own, since nobody books or
# applies twice; `slot` walks through those of `slots` slots.
_HEAD = f"""\
\\set turn :turn + 1
\\set fresh {ids.FIRST} + :run * 1000000000 + :client_id * 10000000 + :turn
\\set person {ids.FIRST} + (:run * {_EACH_RUN} + :client_id * :each + :turn) % :people
\\set slot :first_slot + (:client_id * 61 + :turn) % :slots
"""


class LimitFailed(Exception):
    """Pgbench could not run the script; the text is what it said."""


@dataclass
class Script:
    """A transaction for pgbench: its text, and what its variables `v0`, `v1` … stand for."""

    text: str = _HEAD
    variables: dict[str, str] = field(default_factory=dict)

    def constant(self, value: str) -> str:
        """The variable for a value, sent as a parameter: literals would be planned with."""
        name = f"v{len(self.variables)}"
        self.variables[name] = value
        return f":{name}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """How pgbench is asked; `number`, below 800, is new for each run of a script that writes.

    With a `log` it writes how long each transaction took, see `waits`.
    """

    clients: int
    seconds: float
    number: int
    people: int
    slots: range
    log: Path | None = None

    @property
    def whole_seconds(self) -> int:
        """For how long: pgbench counts in whole ones."""
        return max(1, round(self.seconds))


def script(statements: Sequence[Statement], varying: Mapping[str, str], *, since_ms: int) -> Script:
    """Write the statements with what changes from request to request replaced by variables.

    `varying` gives the variable (`person`, `slot`, `fresh`) for a text inside the values. An id
    made since `since_ms` (Unix time) is the request's own: fresh.
    """
    made = Script()
    for statement in statements:
        texts = dict(varying)
        for value in filter(None, statement.values):
            texts |= dict.fromkeys(_own_numbers(value, since_ms), "fresh")
        expressions = [
            _expression(value, kind, texts, made)
            for value, kind in zip(statement.values, statement.types, strict=True)
        ]
        sql = _PLACEHOLDER.sub(
            lambda found, given=expressions: given[int(found[1]) - 1],  # type: ignore[misc]
            statement.sql.rstrip().rstrip(";"),
        )
        made.text += sql + ";\n"
    return made


def run(made: Script, stage: Stage, how: Run) -> float:
    """Transactions a second; raises LimitFailed."""
    variables = made.variables | {
        "turn": "0",
        "run": str(how.number),
        "people": str(how.people),
        "each": str(_EACH_RUN // how.clients),
        "first_slot": str(how.slots.start),
        "slots": str(len(how.slots)),
    }
    file = stage.folder / "limit.sql"
    file.write_text(made.text, encoding="utf-8")
    command = [str(pgbench()), "--no-vacuum", "--protocol=prepared", f"--file={file}"]
    command += [f"--client={how.clients}", "--jobs=1", f"--time={how.whole_seconds}"]
    command += [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
    if how.log:
        command += ["--log", f"--log-prefix={how.log}"]
    with machine.on(stage.cores.measured):
        done = subprocess.run(
            [*command, stage.owner_url], capture_output=True, text=True, check=False
        )
    found = _TPS.search(done.stdout)
    if done.returncode or not found:
        raise LimitFailed((done.stderr or done.stdout).strip()[-1000:])
    return float(found[1])


def waits(log: Path) -> list[float]:
    """How many seconds each transaction took that a run wrote to this log; the log is gone then."""
    found = []
    for file in log.parent.glob(f"{log.name}.*"):
        found += [int(line.split()[2]) / 1e6 for line in file.read_text().splitlines()]
        file.unlink()
    return found


def _own_numbers(value: str, since_ms: int) -> list[str]:
    """The last twelve digits of the ids that the request made; what precedes tells them apart."""
    made = [found[0] for found in _UUID.finditer(value)]
    return [
        each[-_NUMBER_DIGITS:] for each in made if int(each[:13].replace("-", ""), 16) >= since_ms
    ]


def _expression(value: str | None, kind: str, texts: Mapping[str, str], made: Script) -> str:
    if value is None:
        return f"NULL::{kind}"
    longest_first = sorted(texts, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", value) if texts else [value]
    parts = [
        f":{texts[piece]}" if piece in texts else made.constant(piece)
        for piece in pieces
        if piece or piece == value
    ]
    if len(parts) == 1:
        return f"{parts[0]}::{kind}"
    return f"({' || '.join(f'{part}::text' for part in parts)})::{kind}"
