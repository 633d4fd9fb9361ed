"""150 questions of residents: what comes first, what among three, and what is left alone."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.catalogue.search import vocabulary
from backend.pinyin import normal
from config import sources
from tests.backend.catalogue.examples import index, items

HALVES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8")
)
QUESTIONS = HALVES["first"] + HALVES["second"]
MOST_SHOWN = 3
# So short a question is a name of the thing itself, which the data files must know.
A_NAME = 5


def place(question: dict[str, Any]) -> int | None:
    """Where the right answer stands, from 0; None where it is not among those shown."""
    found = index().search(question["say"])
    codes = [hit.code for hit in found.hits[:MOST_SHOWN]]
    if "items" in question:
        return next((at for at, code in enumerate(codes) if code in question["items"]), None)
    if "go_to" in question:
        named = found.nearby and question["go_to"] in found.nearby[0].go_to
        return 0 if named and not codes else None
    return None if found.hits or found.nearby else 0


def texts(content: Any) -> set[str]:
    """All texts of a data file."""
    if isinstance(content, dict):
        content = [*content.keys(), *content.values()]
    if isinstance(content, list):
        return {text for part in content for text in texts(part)}
    return {normal(str(content))}


def test_there_are_150_questions_in_two_halves_and_a_third_is_hard() -> None:
    assert [len(half) for half in HALVES.values()] == [75, 75]
    assert len({question["say"] for question in QUESTIONS}) == 150
    assert sum(question.get("hard", False) for question in QUESTIONS) >= 45
    assert {code for each in QUESTIONS for code in each.get("items", ())} <= set(items())


def test_the_right_answer_comes_first_for_85_of_100_and_among_three_for_95() -> None:
    places = {question["say"]: place(question) for question in QUESTIONS}
    wrong = {said: at for said, at in places.items() if at != 0}

    assert sum(at == 0 for at in places.values()) >= 0.85 * len(places), wrong
    assert sum(at is not None for at in places.values()) >= 0.95 * len(places), wrong


def test_nobody_is_sent_elsewhere_with_what_is_done_here() -> None:
    asked = [question["say"] for question in QUESTIONS if "items" in question]

    assert {said for said in asked if index().search(said).nearby} == set()


@pytest.mark.parametrize(
    "name", [vocabulary.SYNONYMS, vocabulary.TOPICS, vocabulary.NEARBY, vocabulary.WORDS]
)
def test_no_question_stands_in_the_data_files(name: str) -> None:
    path = sources.DATA / name
    known = texts(yaml.safe_load(path.read_text(encoding="utf-8")))
    asked = {normal(question["say"]) for question in QUESTIONS}

    assert {said for said in asked & known if len(said) > A_NAME} == set()
