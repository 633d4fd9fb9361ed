"""The audit: every check, one after the other, on one moment of the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.consistency import (
    appointment_events,
    appointments,
    cases,
    clocks,
    holders,
    messages,
    papers,
    people,
    reference,
    sealing,
    stored,
)
from backend.consistency.checks import Check, Connection, Faults
from config import database


@dataclass(frozen=True)
class Finding:
    """A check and what broke its sentence; nothing did if `faults.count` is 0."""

    check: Check
    faults: Faults


def checks(*, everything: bool = False) -> list[Check]:
    """All checks; with `everything` all that is sealed is opened and all files are read."""
    return [
        *cases.CHECKS,
        *holders.CHECKS,
        *clocks.CHECKS,
        *appointments.CHECKS,
        *appointment_events.CHECKS,
        *messages.checks(),
        *people.CHECKS,
        *papers.CHECKS,
        *reference.CHECKS,
        *sealing.checks(everything=everything),
        *stored.CHECKS,
        *(stored.CONTENTS if everything else ()),
    ]


async def run(url: str, wanted: Sequence[Check]) -> list[Finding]:
    """What the checks find in the database at `url`; they see one moment of it and change nothing.

    Raises StartError without the database.
    """
    connection = await database.single(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await on(connection, wanted)
    finally:
        await connection.close()


async def on(connection: Connection, wanted: Sequence[Check]) -> list[Finding]:
    """What the checks find in the transaction that is open on `connection`."""
    return [Finding(check, await check.find(connection)) for check in wanted]


def broken(findings: Sequence[Finding]) -> list[Finding]:
    """Those whose sentence is not true."""
    return [finding for finding in findings if finding.faults.count]


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each check, and one for all."""
    for finding in findings:
        count = finding.faults.count
        told = f"{count:6}  {', '.join(finding.faults.first)}" if count else "    ok"
        yield f"{finding.check.name:28} {told}"
        if count:
            yield f"{'':28} 不成立 / not so: {finding.check.sentence}"
    wrong = len(broken(findings))
    told = f"{wrong} 项不成立 / failed." if wrong else "全部成立 / all sound."
    yield f"{len(findings)} 项核查 / checks: {told}"


def report(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """The findings for a program to read."""
    return [
        {
            "check": finding.check.name,
            "sentence": finding.check.sentence,
            "faults": finding.faults.count,
            "first": list(finding.faults.first),
        }
        for finding in findings
    ]
