"""What was acknowledged to people, and how the database compares when all is over."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from config import database


@dataclass
class Ledger:
    """Every acknowledged effect, and the answers that were none."""

    cases: dict[str, int] = field(default_factory=dict)
    appointments: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    acknowledged: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    resets: int = 0
    given_up: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)

    def case(self, what: str, answer: dict[str, Any]) -> None:
        """A change of a case was acknowledged with this version."""
        self.acknowledged[what] += 1
        known = self.cases.get(answer["id"], 0)
        self.cases[answer["id"]] = max(known, answer["version"])

    def appointment(self, what: str, answer: dict[str, Any]) -> None:
        """A change of an appointment was acknowledged with this version."""
        self.acknowledged[what] += 1
        known = self.appointments.get(answer["id"], 0)
        self.appointments[answer["id"]] = max(known, answer["version"])


@dataclass(frozen=True)
class Compared:
    """How many acknowledged effects are not there, and how many are there more than once."""

    lost: int
    doubled: int


async def compare(ledger: Ledger, url: str) -> Compared:
    """Look for every acknowledged effect; what nobody was told of is a repetition that was done."""
    connection = await database.single(url)
    try:
        cases = dict(await connection.fetch('SELECT id::text, version FROM "case"'))
        visits = dict(await connection.fetch("SELECT id::text, version FROM appointment"))
        files = {row[0] for row in await connection.fetch("SELECT id::text FROM stored_file")}
    finally:
        await connection.close()
    lost = len(ledger.files - files)
    lost += sum(cases.get(case, 0) < version for case, version in ledger.cases.items())
    lost += sum(visits.get(visit, 0) < seen for visit, seen in ledger.appointments.items())
    doubled = max(0, len(cases) - len(ledger.cases) - ledger.given_up["submit"])
    doubled += max(0, len(visits) - len(ledger.appointments) - ledger.given_up["book"])
    further = sum(cases[case] - seen for case, seen in ledger.cases.items() if case in cases)
    further += sum(visits[each] - n for each, n in ledger.appointments.items() if each in visits)
    doubled += max(0, further - ledger.given_up.total())
    return Compared(lost, doubled)
