"""Made-up ids: residents, files, cases and slots are numbered, and the number ends their ids."""

from collections.abc import Iterator
from enum import IntEnum
from uuid import UUID

FIRST = 100_000_000_000
"""Numbers have twelve digits, so that all ids and requests are equally long."""

FIRST_SLOT = FIRST + 500_000_000
RESIDENTS = 60_000
APPLICANTS = 4_000
"""The first residents have cases, each as many."""
CASES_EACH = 25
SLOTS = 200
SLOTS_A_DAY = 10


class Kind(IntEnum):
    """What an id is of; a resident's files and cases bear the resident's number."""

    RESIDENT = 0
    SESSION = 1
    FIRST_FILE = 2
    SECOND_FILE = 3
    CASE = 4
    SLOT = 5
    PERSON = 6


class Side(IntEnum):
    """Who is measured; each has slots of its own."""

    OURS = 0
    PEER = 1
    LIMIT = 2


def prefix(kind: Kind, copy: int = 0) -> str:
    """All of an id but its number; `copy` tells apart the things of one resident."""
    return f"{copy:08x}-0000-7000-{0x8000 + kind:04x}-"


def uuid(kind: Kind, number: int, copy: int = 0) -> UUID:
    """The id of the thing with this number."""
    return UUID(f"{prefix(kind, copy)}{number}")


def residents() -> range:
    """The numbers of all residents."""
    return range(FIRST, FIRST + RESIDENTS)


def applying(side: Side) -> range:
    """The residents who submit: the limit's few are a sample, and nobody applies twice."""
    sampled = 10
    return residents()[:sampled] if side is Side.LIMIT else residents()[APPLICANTS:]


def applicants() -> range:
    """The numbers of the residents with cases."""
    return range(FIRST, FIRST + APPLICANTS)


def slots(side: Side) -> range:
    """The numbers of a side's SLOTS slots, in order of time."""
    first = FIRST_SLOT + side * 1000
    return range(first, first + SLOTS)


def hot_slots(side: Side) -> range:
    """The numbers of a side's further slots, each on a day of its own, used one after the other."""
    first = FIRST_SLOT + side * 1000 + SLOTS
    return range(first, first + 10)


def visits(side: Side) -> Iterator[tuple[int, int]]:
    """Residents with slots, spread over all; nobody comes twice on one day."""
    chosen = slots(side)
    for turn in range(SLOTS // SLOTS_A_DAY):
        for number in residents():
            yield number, chosen[(number + turn * SLOTS_A_DAY) % SLOTS]


def rush(side: Side) -> Iterator[tuple[int, int]]:
    """Residents with the one slot that all want; when all have come, with the next day's."""
    for slot in hot_slots(side):
        for number in residents():
            yield number, slot
