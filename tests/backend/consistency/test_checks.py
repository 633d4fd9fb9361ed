"""How a check counts and names what breaks its sentence, and how findings are told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.consistency import audit, checks, sealing
from backend.consistency.audit import Finding
from backend.consistency.checks import SHOWN, Check, Connection, Faults
from tests import stage


async def nothing(_connection: Connection) -> Faults:
    return Faults(0)


def a_finding(name: str, count: int, *first: str) -> Finding:
    return Finding(Check(name, f"{name} 成立 / {name} holds.", nothing), Faults(count, first))


SOUND, BROKEN = a_finding("cases_kept", 0), a_finding("seats_counted", 7, "a", "b")


async def found(faulty: str) -> Faults:
    async with stage.owner() as owner:
        return await checks.sql("made_up", "成立 / Holds.", faulty).find(owner)


@pytest.mark.usefixtures("database")
async def test_a_statement_gives_the_count_and_the_first_few_in_order() -> None:
    assert await found("SELECT 'a' WHERE false") == Faults(0, ())
    assert await found("SELECT 'a'") == Faults(1, ("a",))
    many = f"SELECT chr(96 + n) FROM generate_series({SHOWN + 2}, 1, -1) AS n"
    assert await found(many) == Faults(SHOWN + 2, ("a", "b", "c", "d", "e"))


@pytest.mark.parametrize("count", [0, 1, SHOWN, SHOWN + 1])
def test_what_is_compared_in_python_is_counted_alike(count: int) -> None:
    ids = [f"id-{number}" for number in range(count)]
    told = checks.faults(reversed(ids))
    assert told == Faults(count, tuple(ids[:SHOWN]))


def test_our_words_become_rows_of_sql() -> None:
    assert checks.rows(("a", "b"), ("c", "d")) == "('a', 'b'), ('c', 'd')"
    assert checks.rows(("a",)) == "('a')"
    assert checks.rows() == ""


def test_each_finding_is_a_line_and_the_last_says_how_many_failed() -> None:
    assert list(audit.lines([SOUND])) == [
        f"{'cases_kept':28}     ok",
        "1 项核查 / checks: 全部成立 / all sound.",
    ]
    assert list(audit.lines([SOUND, BROKEN])) == [
        f"{'cases_kept':28}     ok",
        f"{'seats_counted':28}      7  a, b",
        f"{'':28} 不成立 / not so: seats_counted 成立 / seats_counted holds.",
        "2 项核查 / checks: 1 项不成立 / failed.",
    ]
    assert list(audit.lines([])) == ["0 项核查 / checks: 全部成立 / all sound."]


def test_a_program_reads_the_same() -> None:
    assert audit.broken([SOUND, BROKEN, SOUND]) == [BROKEN]
    assert audit.report([SOUND, BROKEN]) == [
        {
            "check": "cases_kept",
            "sentence": "cases_kept 成立 / cases_kept holds.",
            "faults": 0,
            "first": [],
        },
        {
            "check": "seats_counted",
            "sentence": "seats_counted 成立 / seats_counted holds.",
            "faults": 7,
            "first": ["a", "b"],
        },
    ]


def test_every_check_has_a_name_of_its_own_and_a_sentence_in_both_languages() -> None:
    some, everything = audit.checks(), audit.checks(everything=True)
    names = [check.name for check in everything]
    assert len(set(names)) == len(names)
    assert [check.name for check in some] == names[: len(some)]
    assert set(names) - {check.name for check in some} == {"file_reads"}
    for check in everything:
        chinese, _, english = check.sentence.partition(" / ")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), check.name
        assert english.isascii(), check.name
        assert english.endswith("."), check.name


async def _no_rows() -> AsyncIterator[Any]:
    for row in list[Any]():
        yield row


class Asked:
    """A connection that keeps what it is asked, and has no rows."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    async def fetch(self, query: str, *_parameters: Any) -> list[Any]:
        self.queries.append(query)
        return []

    async def fetchrow(self, query: str, *_parameters: Any) -> Any:
        self.queries.append(query)
        return None

    def cursor(self, query: str) -> Any:
        self.queries.append(query)

        return _no_rows()


@pytest.mark.parametrize("everything", [False, True])
async def test_of_what_is_sealed_a_sample_is_opened_or_all(*, everything: bool) -> None:
    for check in sealing.checks(everything=everything):
        asked = Asked()
        assert await check.find(asked) == Faults(0, ())
        limited = [query for query in asked.queries if f"LIMIT {sealing.SAMPLE}" in query]
        assert bool(limited) != everything, check.name
