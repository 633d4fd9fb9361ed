"""A city's own topics, words, and list of what other offices do: each fault is told once."""

from pathlib import Path

import pytest

from backend.catalogue.loading import speech
from backend.catalogue.search import vocabulary
from config import sources
from config.sources import BadRow

ITEMS = frozenset({"FW-CG-003", "SP-MZ-001"})


def told(folder: Path, name: str, text: str, items: frozenset[str] | None = ITEMS) -> list[str]:
    """The bad rows where the city has this file of its own, as `line: row: reason`."""
    own = folder / name
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []
    speech.check(lambda each: own if each == name else sources.DATA / each, items, bad)
    return [f"{row.line}: {row.row}: {row.reason}" for row in bad]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (vocabulary.TOPICS, "- say: [天黑]\n  items: [FW-CG-003, SP-ZZ-999]\n",
         "2: entry 1: items: 没有这个事项 / there is no such item: SP-ZZ-999"),
        (vocabulary.TOPICS, "- say: [4050]\n  items: [FW-CG-003]\n",
         "1: entry 1: say.0: 应为文字 / must be text (put it in quotes)"),
        (vocabulary.TOPICS, "- say: []\n  items: [FW-CG-003]\n",
         "1: entry 1: say: 项目过少，至少 1 项 / must have 1 entries or more"),
        (vocabulary.TOPICS, "say: [天黑]\n",
         "1: : 应为列表，每项以“- ”开头 / must hold a list"),
        (vocabulary.NEARBY, "- {name: 护照, words: [护照]}\n",
         "1: entry 1: go_to: 必填 / must be given"),
        (vocabulary.NEARBY, "- {name: 护照, go_to: 出入境, words: [护照], phone: '110'}\n",
         "1: entry 1: phone: 不认识的字段 / there is no such key"),
        (vocabulary.NEARBY, 2 * "- {name: 护照, go_to: 出入境, words: [护照]}\n",
         "2: 护照: name: 与第 1 行重复 / is that of line 1"),
        (vocabulary.NEARBY,
         "- {name: 护照, go_to: 公安, words: [visa]}\n- {name: 签证, go_to: 领馆, words: [VISA]}\n",
         "2: VISA: 第 1 行已有 / is in the list of line 1 already"),
        (vocabulary.NEARBY, "- {name: 护照, go_to: 出入境, words: [护照, 护照]}\n",
         "1: 护照: 第 1 行已有 / is in the list of line 1 already"),
        (vocabulary.WORDS, "fillers: []\nsame:\n- [孩子, 娃]\n- [宝宝, 娃]\n",
         "4: 娃: 第 3 行已有 / is in the list of line 3 already"),
        (vocabulary.WORDS, "fillers: []\nsame:\n- [孩子]\n",
         "3: : same.0: 项目过少，至少 2 项 / must have 2 entries or more"),
        (vocabulary.WORDS, "fillers: [[请问, '']]\nsame: []\n",
         "1: : fillers.0.1: 过短，至少 1 个字 / must have 1 characters or more"),
        (vocabulary.WORDS, "same: []\n",
         "1: : fillers: 必填 / must be given"),
    ],
)  # fmt: skip
def test_a_fault_of_how_people_speak_is_told_with_its_line(
    tmp_path: Path, name: str, text: str, fault: str
) -> None:
    assert told(tmp_path, name, text) == [fault]


def test_a_word_given_twice_is_told_with_the_other_faults(tmp_path: Path) -> None:
    text = "fillers: []\nsame:\n- [孩子, 娃]\n- 狗\n- [娃, 宝宝]\n"

    assert told(tmp_path, vocabulary.WORDS, text) == [
        "4: : same.1: 应为列表 / must be a list",
        "5: 娃: 第 3 行已有 / is in the list of line 3 already",
    ]


def test_items_are_not_missed_where_some_could_not_be_read(tmp_path: Path) -> None:
    topic = "- say: [天黑]\n  items: [SP-ZZ-999]\n"

    assert told(tmp_path, vocabulary.TOPICS, topic, None) == []


def test_a_city_without_files_of_its_own_may_lack_items_of_the_topics(tmp_path: Path) -> None:
    assert told(tmp_path, "other.yaml", "") == []
