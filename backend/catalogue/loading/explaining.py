"""Help for the questions of forms: what an official word means, how an answer is written."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.catalogue.loading.fault import Fault, Path
from backend.catalogue.loading.rows import HELP_LENGTH, Kind, Question, Title
from config.sources import BadRow, Find, Row, fitting, read_yaml, shown, take
from config.texts import VISIBLE

FILE = "catalogue/terms.yaml"
_NUMBERS = {Kind.WHOLE, Kind.NUMBER, Kind.MONEY}
# What is counted is its own unit: 人数, 年度; all else says it: 面积(平方米).
_UNIT = re.compile(r"[(（].+[)）]|数|年度|年龄|年限|第几")
_CODE = re.compile(r"(?<!型)号$|(号码|编码|代码)$")
# A number says its unit instead, and of a text only the question itself can tell.
_WRITTEN = {
    Kind.DATE,
    Kind.MONTH,
    Kind.ID_NUMBER,
    Kind.CREDIT_CODE,
    Kind.BANK_ACCOUNT,
    Kind.PHONE,
    Kind.MOBILE,
}

Words = Annotated[str, Field(min_length=1, max_length=60), VISIBLE]


class Terms(Row):
    """What official words mean, and how an answer of a kind is written."""

    terms: dict[Title, Words] = {}
    kinds: dict[Kind, Words] = {}

    @model_validator(mode="after")
    def written_alike(self) -> Self:
        """Only kinds whose answers are all written in one way."""
        if other := self.kinds.keys() - _WRITTEN:
            names = "、".join(sorted(other))
            raise ValueError(f"kinds 不能有 {names} / cannot be explained for all: {names}")
        return self


def read(find: Find, bad: list[BadRow]) -> Terms:
    """The file as far as it is sound."""
    path = find(FILE)
    content = read_yaml(path, bad)
    if not content:
        return Terms()
    terms = take(Terms, content, at=BadRow(shown(path), "", "", 1), bad=bad)
    return terms or fitting(Terms, content)[0]


def explained(questions: Mapping[str, Question], terms: Terms) -> dict[str, Question]:
    """The questions, each with the help that the words of its title and choices give it.

    Its own help comes first, and what the profile answers needs none.
    """
    return {name: _explained(question, terms) for name, question in questions.items()}


def faults(questions: Mapping[str, Question], at: Path) -> Iterator[Fault]:
    """Numbers without a unit, and codes of which nothing says where they are found.

    The questions are the explained ones, `at` is where they stand.
    """
    for name, question in questions.items():
        place, title = (*at, name), question.title
        unhelped = question.help is None and question.profile is None
        if question.kind in _NUMBERS and not _UNIT.search(title) and unhelped:
            said = f"help: {title}须写明单位或说明 / a number needs its unit or a help"
            yield Fault(said, place)
        if question.kind is Kind.TEXT and _CODE.search(title) and unhelped:
            said = f"help: 须说明{title}在哪里能找到 / say where the number is found"
            yield Fault(said, place)
        yield from faults(question.list or {}, (*place, "list"))


def _explained(question: Question, terms: Terms) -> Question:
    inner = explained(question.list, terms) if question.list else question.list
    found = question.help
    if found is None and question.profile is None:
        found = _meaning(question, terms) or _writing(question, terms)
    return question.model_copy(update={"help": found, "list": inner})


def _meaning(question: Question, terms: Terms) -> str | None:
    """What the words mean; a word in the title alone needs not be named again."""
    titles = [question.title, *(question.one or question.many or {}).values()]
    words = list(dict.fromkeys(word for title in titles for word in _words(title, terms)))
    if not words:
        return None
    if len(words) == 1 and words[0] in question.title:
        return terms.terms[words[0]]
    said = ""
    for word in words:
        longer = f"{said}{'；' if said else ''}{word}：{terms.terms[word]}"
        said = longer if len(longer) <= HELP_LENGTH else said
    return said


def _words(title: str, terms: Terms) -> list[str]:
    """The terms in a title in its order, none of them a part of another."""
    rest, found = title, {}
    for word in sorted(terms.terms, key=len, reverse=True):
        if word in rest:
            found[word] = title.index(word)
            rest = rest.replace(word, "\0")
    return sorted(found, key=found.__getitem__)


def _writing(question: Question, terms: Terms) -> str | None:
    """How it is written, where the answer must be given."""
    return None if question.optional or question.kind is None else terms.kinds.get(question.kind)
