"""A city's own everyday words and unusual readings: each fault is told once, with its line."""

from pathlib import Path

import pytest

from backend.catalogue.loading import synonyms
from config import sources
from config.sources import BadRow

WORDS, READINGS = "catalogue/synonyms.yaml", "catalogue/pinyin.yaml"
ITEMS = frozenset({"FW-CG-003", "SP-MZ-001"})


def told(folder: Path, name: str, text: str, items: frozenset[str] | None = ITEMS) -> list[str]:
    """The bad rows where the city has this file of its own, as `line: row: reason`."""
    own = folder / name
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []
    synonyms.check(lambda each: own if each == name else sources.DATA / each, items, bad)
    assert {row.file for row in bad} <= {str(own)}
    return [f"{row.line}: {row.row}: {row.reason.split(' / ')[0]}" for row in bad]


SYLLABLES = "每个字须有一个小写音节"


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        (WORDS, "{}\n", []),
        (WORDS, "FW-CG-003: [路灯, 4050]\nSP-MZ-001: ['低保']\n", []),
        (WORDS, "FW-CG-003: [路灯]\nSP-ZZ-999: [低保]\nSP-MZ-001: [低保]\n",
         ["2: SP-ZZ-999: 没有这个事项"]),
        (WORDS, "FW-CG-003: 路灯\n", ["1: FW-CG-003: 应为词语列表"]),
        (WORDS, "FW-CG-003: []\nSP-MZ-001:\n",
         ["1: FW-CG-003: 应为词语列表", "2: SP-MZ-001: 应为词语列表"]),
        (WORDS, "SP-ZZ-999: 路灯\n", ["1: SP-ZZ-999: 没有这个事项", "1: SP-ZZ-999: 应为词语列表"]),
        # YAML reads no and off as a truth, 2026-01-01 as a day, 1.5 as a number.
        (WORDS, "FW-CG-003:\n- 路灯\n- no\n- 2026-01-01\n- 1.5\n- [灯]\n- ''\n- '\u3000'\n",
         [f"{line}: FW-CG-003: {word} 不是词语，请加引号" for line, word in (
             (3, "False"), (4, "datetime.date(2026, 1, 1)"), (5, "1.5"), (6, "['灯']"), (7, "''"),
             (8, "'\\u3000'"))]),
        (READINGS, "银行: yin hang\nATM: a t m\n", []),
        (READINGS, "银行: yin\n", [f"1: 银行: {SYLLABLES}"]),
        (READINGS, "银行: yin hang ye\n长寿: chang shou\n", [f"1: 银行: {SYLLABLES}"]),
        (READINGS, "长寿: chang shou\n银行: Yin hang\n", [f"2: 银行: {SYLLABLES}"]),
        (READINGS, "银行: yín háng\n", [f"1: 银行: {SYLLABLES}"]),
        (READINGS, "银行: yin zhuangg\n", [f"1: 银行: {SYLLABLES}"]),
        (READINGS, "银行: [yin, hang]\n行:\n", [f"1: 银行: {SYLLABLES}", f"2: 行: {SYLLABLES}"]),
        (READINGS, "- 银行: yin hang\n", ["1: : 应为“名称: 值”"]),
    ],
)  # fmt: skip
def test_a_fault_of_words_and_readings_is_told_with_its_line(
    tmp_path: Path, name: str, text: str, faults: list[str]
) -> None:
    assert told(tmp_path, name, text) == faults


def test_items_are_not_missed_where_some_could_not_be_read(tmp_path: Path) -> None:
    assert told(tmp_path, WORDS, "SP-ZZ-999: [低保]\n", None) == []


def test_the_built_in_words_may_speak_of_items_that_a_city_lacks(tmp_path: Path) -> None:
    assert told(tmp_path, "other.yaml", "") == []
