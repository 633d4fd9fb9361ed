"""Words that say nothing, and words that mean the same."""

import pytest

from backend.catalogue.search.index import Entry, Index, Nearby
from backend.catalogue.search.words import Words

WORDS = Words(
    ["请问", "怎么办", "how", "to"],
    [["老人", "爷爷", "奶奶"], ["80", "八十岁"], ["狗", "犬", "dog"]],
)


@pytest.mark.parametrize(
    ("typed", "meant"), [("请问户口怎么办", "户口"), ("怎么办", "怎么办"), ("", "")]
)
def test_fillers_are_left_out_unless_nothing_else_was_said(typed: str, meant: str) -> None:
    assert WORDS.meant(typed) == meant


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("爷爷80了", [(0, 2, "= 0"), (2, 4, "= 1")]),
        ("奶奶八十岁", [(0, 2, "= 0"), (2, 5, "= 1")]),
        ("1980年生", []),
        ("800元", []),
        ("", []),
    ],
)
def test_a_number_is_one_word_and_the_longest_word_counts(
    text: str, groups: list[tuple[int, int, str]]
) -> None:
    assert list(WORDS.meanings(text)) == groups


def found(typed: str) -> tuple[list[str], list[str]]:
    """The codes of the items and the names of what is nearby."""
    entries = [
        Entry("A", ("犬证", "Dog licence"), topics=(("养了小动物", 0),)),
        Entry("B", ("疫苗接种",), topics=(("养了小动物", 1),), around=("卫生局",)),
    ]
    answer = Index(entries, [Nearby("护照", "出入境", ("passport", "出国"))], WORDS).search(typed)
    return [hit.code for hit in answer.hits], [one.name for one in answer.nearby]


@pytest.mark.parametrize(
    ("typed", "items", "nearby"),
    [
        ("狗证", ["A"], []),
        ("how to get a dog license", ["A"], []),
        ("养了小动物", ["A", "B"], []),
        ("护照", [], ["护照"]),
        ("Passport", [], ["护照"]),
        ("licence", ["A"], []),
        ("yim", ["B"], []),
        ("cen", [], []),
        ("护理", [], []),
        ("照", [], ["护照"]),
        ("卫生", ["B"], []),
        ("汽车", [], []),
    ],
)
def test_what_fits_is_found_and_nothing_else(
    typed: str, items: list[str], nearby: list[str]
) -> None:
    assert found(typed) == (items, nearby)
