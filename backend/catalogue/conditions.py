"""Whether an application fulfils its item's conditions, as far as its rules can tell.

What is not known refuses nobody: a rule about an answer that is not there is silent.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.catalogue import variants
from backend.catalogue.refusals import ConditionUnmet
from backend.catalogue.shapes import Condition, ConditionRule
from backend.errors import InvalidParam
from backend.identity import id_number
from config import characters

_MONTHS = 12
_DISTRICT_DIGITS = 6
AGENT = "agent"
"""The part of a form that says who fills it in for somebody else."""
_BY_AGENT = "（为他人办理的，请填写代办人）"
# Of GB 11643: odd is male.
_SEX_DIGIT = 16


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may ask: the form, the day, and the applicant's community if that is known."""

    form: Mapping[str, Any]
    day: date
    community_code: str | None


Test = Callable[[Facts], bool | None]
"""True or false, or None where it cannot be known."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A condition that has a rule, ready to be asked; `about` is the field of the request.

    Whoever files for another and leaves the agent out is taken for the applicant: `by_agent` is
    what they are told then.
    """

    text: str
    about: str
    test: Test
    by_agent: str = ""

    def said(self, form: Mapping[str, Any]) -> str:
        """The condition as it is told to who handed in this form."""
        return self.text if AGENT in form else self.text + self.by_agent


def demands(conditions: Sequence[Condition], form: Mapping[str, Any]) -> tuple[Demand, ...]:
    """The conditions that have a rule, of an item with this form; made once for a version."""
    agents = AGENT in form["properties"]
    return tuple(
        _demand(each["text"], rule, agents=agents) for each in conditions if (rule := each["rule"])
    )


def _demand(text: str, rule: ConditionRule, *, agents: bool) -> Demand:
    about = _about(rule)
    own = about.startswith("form.applicant.")
    return Demand(text, about, _test(rule), _BY_AGENT if agents and own else "")


def check(found: Sequence[Demand], facts: Facts) -> None:
    """ConditionUnmet names every condition that is known not to be fulfilled."""
    unmet = [each for each in found if each.test(facts) is False]
    if unmet:
        raise ConditionUnmet(
            [each.said(facts.form) for each in unmet],
            [
                InvalidParam(each.about, ConditionUnmet.code, each.said(facts.form))
                for each in unmet
            ],
        )


def _about(rule: ConditionRule) -> str:
    parts = [rule, *rule["rules"]]
    if any(part["kind"] == "season" for part in parts):
        return "item_code"
    path = next((part["path"] for part in parts if part["path"]), None)
    return f"form.{path}" if path else "community_code"


def _test(rule: ConditionRule) -> Test:
    if rule["kind"] == "season":
        return _season(rule)
    if rule["kind"] == "district":
        districts = {str(value)[:_DISTRICT_DIGITS] for value in rule["values"]}
        return lambda facts: _district(facts.community_code, districts)
    if rule["kind"] == "any":
        return _any([_test(inner) for inner in rule["rules"]])
    asked, names = _ANSWERS[rule["kind"]], tuple((rule["path"] or "").split("."))

    def test(facts: Facts) -> bool | None:
        answer = _answer(facts.form, names)
        return None if answer is None else asked(answer, rule, facts.day)

    return test


def _district(community_code: str | None, districts: set[str]) -> bool | None:
    return None if community_code is None else community_code[:_DISTRICT_DIGITS] in districts


def _answer(form: Mapping[str, Any], names: Sequence[str]) -> Any:
    node: Any = form
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _season(rule: ConditionRule) -> Test:
    windows = [(window["from"], window["to"]) for window in rule["windows"]]

    def test(facts: Facts) -> bool:
        today = f"{facts.day:%m-%d}"
        return any(
            first <= today <= last if first <= last else today >= first or today <= last
            for first, last in windows
        )

    return test


def _any(tests: Sequence[Test]) -> Test:
    def test(facts: Facts) -> bool | None:
        answers = {each(facts) for each in tests}
        return True if True in answers else None if None in answers else False

    return test


def _between(number: float, rule: ConditionRule) -> bool:
    least, most = rule["min"], rule["max"]
    return (least is None or number >= least) and (most is None or number <= most)


def _age(number: str, rule: ConditionRule, day: date) -> bool | None:
    born = id_number.birth_date(number)
    if born is None:
        return None
    had = rule["kind"] == "age_in_year" or (day.month, day.day) >= (born.month, born.day)
    return _between(day.year - born.year - (not had), rule)


def _sex(number: str, rule: ConditionRule, _day: date) -> bool:
    return ("male" if int(number[_SEX_DIGIT]) % 2 else "female") in rule["values"]


def _within(text: str, rule: ConditionRule, day: date) -> bool:
    # A month without a day counts as its last one.
    year, month, *rest = map(int, text.split("-"))
    ago = (day.year - year) * _MONTHS + day.month - month
    return _between(ago + (bool(rest) and day.day > rest[0]), rule)


def _of_values(answer: Any, rule: ConditionRule, _day: date) -> bool:
    return answer in rule["values"]


def _number(answer: float, rule: ConditionRule, _day: date) -> bool:
    return _between(answer, rule)


def _unlisted(text: str, rule: ConditionRule, _day: date) -> bool:
    asked = folded(text)
    return not any(folded(str(word)) in asked for word in rule["values"])


def folded(text: str) -> str:
    """A text as the negative list compares it: letters and digits alone, full width as half.

    Traditional, Japanese and other variants of a character count as the simplified one.
    """
    plain = unicodedata.normalize("NFKC", text)
    return variants.simplified("".join(filter(_counts, plain)))


def _counts(character: str) -> bool:
    """Whether it is a letter or digit that is drawn: the fillers of Hangul are letters too."""
    return character.isalnum() and characters.visible(character)


_ANSWERS: dict[str, Callable[[Any, ConditionRule, date], bool | None]] = {
    "age": _age,
    "age_in_year": _age,
    "sex": _sex,
    "within": _within,
    "answer": _of_values,
    "number": _number,
    "unlisted": _unlisted,
}
