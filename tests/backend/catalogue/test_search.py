"""Finding items: the golden queries, and what must not be found."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend import pinyin
from backend.catalogue.search import vocabulary
from backend.organisation import contents as organisation
from config import sources
from tests.backend.catalogue.examples import index, items

GOLDEN: dict[str, list[tuple[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("golden_queries.yaml").read_text(encoding="utf-8")
)
QUERIES = [(str(typed), code) for group in GOLDEN.values() for typed, code in group]
SYNONYMS: dict[str, list[str]] = sources.read_yaml(sources.find(vocabulary.SYNONYMS), [])


def top(typed: str, most: int = 3) -> list[str]:
    return [hit.code for hit in index().search(typed).hits[:most]]


def test_a_golden_query_finds_its_item_among_the_first_three() -> None:
    assert [(typed, code) for typed, code in QUERIES if code not in top(typed)] == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [("买房贷款", "FW-GJ-003"), ("修电梯", "FW-SC-003"), ("大修电梯的钱", "SP-FC-004")],
)
def test_the_trouble_comes_before_the_money_and_a_loan_is_found(typed: str, first: str) -> None:
    assert top(typed, 1) == [first]


def test_there_are_100_golden_queries_and_few_are_also_synonyms() -> None:
    synonyms = {str(word) for words in SYNONYMS.values() for word in words}

    assert len({typed for typed, _ in QUERIES}) == 100
    assert sum(typed not in synonyms for typed, _ in QUERIES) >= 75


def test_synonyms_and_topics_belong_to_items() -> None:
    topics = sources.read_yaml(sources.find(vocabulary.TOPICS), [], sources.Entries)

    assert set(SYNONYMS) == set(items())
    assert {code for topic in topics for code in topic["items"]} <= set(items())


@pytest.mark.parametrize("typed", ["低保", "dibao", "db", "DB", " Di Bao ", "ｄｂ", "最低生活保障"])
def test_the_minimum_allowance_is_found_first_however_it_is_typed(typed: str) -> None:
    assert top(typed, 1) == ["SP-MZ-001"]


def test_every_item_is_found_first_by_its_own_name() -> None:
    found = {code: top(item.fields["name"], 1) for code, item in items().items()}

    assert {code: hits for code, hits in found.items() if hits != [code]} == {}


def test_every_item_is_found_first_by_its_english_name() -> None:
    found = {code: top(item.fields["guide"]["name_en"], 1) for code, item in items().items()}

    assert {code: hits for code, hits in found.items() if hits != [code]} == {}


def test_nothing_of_another_office_is_named_beside_an_items_own_name() -> None:
    names = [item.fields["name"] for item in items().values()]

    assert {name: found for name in names if (found := index().search(name).nearby)} == {}


def test_what_another_office_does_is_found_by_its_name_and_each_of_its_words() -> None:
    missed = {
        (one.name, word)
        for one in vocabulary.nearby()
        for word in (one.name, *one.words)
        if one not in index().search(word).nearby
    }

    assert missed == set()


@pytest.mark.parametrize("typed", ["狗", "水", "灯", "残"])
def test_one_character_finds_what_is_called_by_it(typed: str) -> None:
    expected = {"狗": "FW-GA-005", "水": "FW-SL-002", "灯": "FW-CG-003", "残": "SP-CL-001"}

    assert expected[typed] in top(typed)


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzz", "qwxv", "🙂"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert top(typed) == []


@given(st.text(max_size=64))
def test_whatever_is_typed_is_answered_in_order(typed: str) -> None:
    scores = [hit.score for hit in index().search(typed).hits]

    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("调解", "tiao jie"),
        ("长白街道", "chang bai jie dao"),
        ("长大", "zhang da"),
        ("A12号", "a 1 2 hao"),
    ],
)
def test_words_of_our_own_dictionary_are_read_as_people_say_them(text: str, spelling: str) -> None:
    assert pinyin.syllables(text) == spelling.split()


def test_every_character_of_names_and_items_has_a_reading() -> None:
    text = "".join(
        [unit.name for unit in organisation.read().units.values()]
        + [item.fields["name"] for item in items().values()]
    )
    han = {character for character in text if "\u4e00" <= character <= "\u9fff"}

    assert [c for c in sorted(han) if not pinyin.syllables(c)[0].isascii()] == []


@pytest.mark.parametrize(
    ("one", "other"), [("gongzhufang", "gonzufan"), ("yisheng", "yisen"), ("lvse", "luse")]
)
def test_what_people_mix_up_sounds_alike(one: str, other: str) -> None:
    assert pinyin.sound(one) == pinyin.sound(other)
