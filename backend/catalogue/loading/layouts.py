"""A form's layout: its sections and fields in the order of the data file, and when each shows.

Paths are written as in the answers to a faulty form, without their leading `form.`; `*` stands for
any entry of a list.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from backend.catalogue.loading.parts import Parts
from backend.catalogue.loading.questions import FROM_PROFILE
from backend.catalogue.loading.rows import Kind, Question, Rule
from backend.catalogue.shapes import FieldView, SectionView, Term, Widget

OWN_TITLE = "申请内容"

_WIDGETS: dict[Kind, Widget] = {
    Kind.NAME: "text",
    Kind.TEXT: "text",
    Kind.LONG: "textarea",
    Kind.ADDRESS: "text",
    Kind.PHONE: "phone",
    Kind.MOBILE: "phone",
    Kind.ID_NUMBER: "id_number",
    Kind.CREDIT_CODE: "credit_code",
    Kind.BANK_ACCOUNT: "bank_account",
    Kind.COMMUNITY: "community",
    Kind.DATE: "date",
    Kind.MONTH: "month",
    Kind.WHOLE: "integer",
    Kind.NUMBER: "number",
    Kind.MONEY: "money",
    Kind.YES_NO: "yes_no",
    Kind.AGREED: "agree",
}


def layout(parts: Parts) -> list[SectionView]:
    """The sections; each field of the form's schema stands in exactly one of them."""
    shown = _conditions(parts)
    return [
        {
            "key": key,
            "title": block.title if block else OWN_TITLE,
            "note": block.note if block else None,
            "optional": key in parts.optional,
            "fields": list(_fields(key, questions, shown)),
        }
        for key, block, questions in parts.sections()
    ]


def _fields(
    key: str | None, questions: Mapping[str, Question], shown: Mapping[str, list[Term]]
) -> Iterator[FieldView]:
    for name, question in questions.items():
        path = f"{key}.{name}" if key else name
        help_text = question.help or (FROM_PROFILE if question.profile else None)
        yield {
            "path": path,
            "title": question.title,
            "widget": _widget(question),
            "help": help_text,
            "show_when": shown.get(path) or shown.get(key or ""),
            "fields": list(_fields(f"{path}.*", question.list or {}, {})),
        }


def _widget(question: Question) -> Widget:
    if question.one:
        return "choice"
    if question.many:
        return "choices"
    if question.list:
        return "list"
    return _WIDGETS[question.kind or Kind.TEXT]


def _conditions(parts: Parts) -> dict[str, list[Term]]:
    """What must hold for a field or block that only a rule asks for, by its path."""
    return {path: _terms(key, rule) for path, key, rule in _shown(parts)}


def shown_twice(parts: Parts) -> list[str]:
    """The paths of fields whose appearance hangs on two rules, where one must say it all."""
    times = Counter(path for path, _, _ in _shown(parts))
    return [path for path, number in times.items() if number > 1]


def _shown(parts: Parts) -> Iterator[tuple[str, str | None, Rule]]:
    for key, rule in parts.applying():
        for name in rule.require if rule.when else ():
            if _is_asked_only_then(parts, key, name):
                yield f"{key}.{name}" if key else name, key, rule


def _is_asked_only_then(parts: Parts, key: str | None, name: str) -> bool:
    """Whether it is left out otherwise; what the profile knows is shown in any case."""
    if key is None and name in parts.blocks:
        return name in parts.optional
    questions = parts.blocks[key].questions if key else parts.questions
    return questions[name].optional


def _terms(key: str | None, rule: Rule) -> list[Term]:
    return [
        {"path": f"{key}.{name}" if key else name, "in": values}
        for name, values in (rule.when or {}).items()
    ]
