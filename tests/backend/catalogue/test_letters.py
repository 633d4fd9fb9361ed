"""What is typed in letters, and how well each text fits a query: told on a few texts."""

import math

import pytest

from backend.catalogue.search import features
from backend.catalogue.search.letters import Letters
from backend.catalogue.search.terms import Terms
from backend.catalogue.search.words import Words

# By number: 0 hukou, 1 hukouqianyi, 2 banhukou, 3 Dog licence, 4 gongzufang.
TEXTS = ["户口", "户口迁移", "办户口", "Dog licence", "公租房"]
LETTERS = Letters(TEXTS)


def best(typed: str) -> list[int]:
    """The numbers of the texts that fit, the best first."""
    found = LETTERS.fits(typed)
    return sorted(found, key=lambda number: -found[number])


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        # Whole, then as a beginning, then in the middle.
        ("hukou", [0, 1, 2]),
        ("hk", [0, 1, 2]),
        ("hukouqianyi", [1, 0]),
        ("hkqy", [1]),
        ("bhk", [2]),
        ("qianyi", [1]),
        # z for zh and the reverse, n for ng.
        ("gongzhufang", [4]),
        ("gonzufan", [4]),
        ("gzf", [4]),
        # English begins at words and has no initials.
        ("dog", [3]),
        ("licence", [3]),
        ("dl", []),
        ("ence", [3]),
        ("enc", []),
        # A typo, and what is like nothing.
        ("hukouqianyii", [1, 0]),
        ("hukuoqianyi", [1]),
        ("wxyz", []),
    ],
)
def test_the_texts_that_fit_come_in_order(typed: str, numbers: list[int]) -> None:
    assert best(typed)[: len(numbers)] == numbers
    assert bool(best(typed)) == bool(numbers)


def test_no_fit_is_better_than_the_whole_of_it() -> None:
    for typed in ("hukou", "hk", "gongzufang", "gongzhufang", "doglicence", "h", "hu"):
        assert all(0 < fit <= 100 for fit in LETTERS.fits(typed).values()), typed
    assert LETTERS.fits("hukou")[0] == 100
    assert LETTERS.fits("hk")[0] == 95
    assert LETTERS.fits("gongzhufang")[4] == 88


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # Spelt out before initials before what only sounds alike.
        (("hukou", 0), ("hk", 0)),
        (("hk", 0), ("gongzhufang", 4)),
        # More of a text before less of it, its beginning before its middle.
        (("hukouqian", 1), ("hukou", 1)),
        (("hukou", 1), ("qianyi", 1)),
        (("hkq", 1), ("kqy", 1)),
        # A typo is the worst.
        (("hukouqian", 1), ("hukuoqianyi", 1)),
    ],
)
def test_what_is_surer_fits_better(better: tuple[str, int], worse: tuple[str, int]) -> None:
    assert LETTERS.fits(better[0])[better[1]] > LETTERS.fits(worse[0])[worse[1]]


def test_one_letter_is_the_beginning_of_a_syllable_and_no_initials_inside() -> None:
    assert best("q") == [1]
    assert 0 not in LETTERS.fits("u")


def test_two_texts_that_are_spelt_alike_are_both_found() -> None:
    twice = Letters(["户口", "互扣", "户口"])

    assert twice.fits("hukou") == {0: 100, 1: 100, 2: 100}


def test_of_no_texts_none_fits() -> None:
    assert Letters([]).fits("hukou") == {}
    assert Terms([]).fits({"户口": 1.0}) == {}


PLAIN = Words()
TERMS = Terms(features.of(text, PLAIN) for text in ["户口迁移", "户口", "迁移证明", "独", "狗证"])


def fits(typed: str) -> dict[int, float]:
    return TERMS.fits(features.of(typed, PLAIN))


def test_the_same_text_fits_wholly_and_nothing_fits_more() -> None:
    for number, typed in enumerate(["户口迁移", "户口", "迁移证明"]):
        found = fits(typed)
        assert math.isclose(found[number], 1, rel_tol=1e-6)
        assert max(found.values()) == found[number]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("户口", [1, 0]),
        ("迁移", [0, 2]),
        ("证明", [2]),
        ("独", [3]),
        # One character asked for alone counts, and costs a text little that it says more.
        ("狗", [4]),
        # Of several, one in common is nothing.
        ("狗粮", []),
        ("汽车", []),
        ("", []),
    ],
)
def test_texts_that_share_more_than_characters_fit(typed: str, numbers: list[int]) -> None:
    found = fits(typed)
    assert sorted(found, key=lambda number: (-found[number], number)) == numbers


def test_a_query_that_says_more_fits_less() -> None:
    assert fits("户口")[1] > fits("户口本")[1] > fits("户口本子")[1]
    assert fits("户口")[0] < fits("户口迁")[0]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    terms = Terms([{"ab": 1.0, "cd": 1.0}, {"ab": 1.0, "ef": 1.0}, {"ab": 1.0, "gh": 1.0}])

    assert terms.fits({"cd": 1.0})[0] > terms.fits({"ab": 1.0})[0]
    assert terms.fits({"ab": 1.0, "cd": 1.0})[0] > terms.fits({"ab": 1.0, "cd": 1.0})[1]


def test_a_feature_has_the_share_of_its_kind() -> None:
    found = features.of("户口", PLAIN)

    assert found["户"] == found["口"] < found["hu kou"] < found["户口"]
    assert found.keys() == {"户", "口", "户口", "hu kou"}


SAME = Words(["请问", "the"], [["狗", "犬", "dog"], ["八十岁", "80"]])


def test_words_that_mean_the_same_share_a_feature_and_weigh_most() -> None:
    dog, hound, english = (features.of(text, SAME) for text in ("狗证", "犬证", "the Dogs"))

    meaning = SAME.meaning("狗")
    assert meaning is not None
    assert dog[meaning] == hound[meaning] == max(dog.values())
    assert meaning not in english
    assert english.keys() == {"en dog"}
    assert features.of("dog", SAME).keys() == {"en dog", meaning}


def test_what_a_word_with_a_meaning_is_made_of_weighs_less() -> None:
    with_meaning, without = features.of("满八十岁人", SAME), features.of("满八十岁人", PLAIN)

    assert with_meaning["八十"] < with_meaning["满八"] < without["满八"]
    assert with_meaning["八十"] == with_meaning["十岁"]
    assert with_meaning["满八"] == with_meaning["岁人"]
    assert with_meaning["满"] == without["满"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("licence", "license"),
        ("marriage", "married"),
        ("Dogs", "dog"),
        ("ＤＯＧ", "dog"),
    ],
)
def test_english_is_compared_by_its_stem(one: str, other: str) -> None:
    assert features.of(one, PLAIN) == features.of(other, PLAIN)


@pytest.mark.parametrize(("one", "other"), [("bus", "bu"), ("dogs", "docs"), ("a b", "c")])
def test_short_english_is_not_cut(one: str, other: str) -> None:
    assert features.of(one, PLAIN) != features.of(other, PLAIN) or not features.of(one, PLAIN)


@pytest.mark.parametrize("text", ["", "！？", "the", "THE"])
def test_what_says_nothing_has_no_features(text: str) -> None:
    assert features.of(text, SAME) == {}
