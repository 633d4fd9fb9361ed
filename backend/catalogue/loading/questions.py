"""A question as JSON Schema (2020-12), with an example answer."""

from typing import Any

from backend.catalogue.formats import DECIMALS, NOT_BLANK
from backend.catalogue.loading.rows import Kind, Question

Schema = dict[str, Any]

FROM_PROFILE = "由系统按账户资料自动带出，可不填"
MOST_MONEY = 100_000_000
MOST_WHOLE = 1_000_000
# Of a yuan.
FEN = 2
TEXT_LENGTH = 100
LONG_LENGTH = 1000
LIST_LENGTH = 20

_PHONE = r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})$"
# How staff see an answer who may not see it whole. The place a case is about is not hidden from
# those who must go there, the applicant's own address is.
_MASKS = {
    Kind.NAME: "name",
    Kind.PHONE: "phone",
    Kind.MOBILE: "phone",
    Kind.ID_NUMBER: "id_number",
    Kind.BANK_ACCOUNT: "bank_account",
}

# Formats are checked on the server (formats.py); patterns tell clients the same in what they know.
_STRINGS: dict[Kind, Schema] = {
    Kind.NAME: {"maxLength": 50, "pattern": NOT_BLANK},
    Kind.TEXT: {"maxLength": TEXT_LENGTH, "pattern": NOT_BLANK},
    Kind.LONG: {"maxLength": LONG_LENGTH, "pattern": NOT_BLANK, "x-multiline": True},
    Kind.ADDRESS: {"maxLength": 200, "pattern": NOT_BLANK},
    Kind.PHONE: {"maxLength": 13, "pattern": _PHONE},
    Kind.MOBILE: {"maxLength": 11, "pattern": r"^1[3-9][0-9]{9}$"},
    Kind.ID_NUMBER: {
        "maxLength": 18,
        "pattern": r"^[1-9][0-9]{16}[0-9Xx]$",
        "format": "id-number",
    },
    Kind.CREDIT_CODE: {
        "maxLength": 18,
        "pattern": r"^[0-9A-HJ-NPQRTUWXY]{18}$",
        "format": "credit-code",
    },
    Kind.BANK_ACCOUNT: {"maxLength": 25, "pattern": r"^[0-9]{12,25}$"},
    Kind.COMMUNITY: {"maxLength": 12, "pattern": r"^[0-9]{12}$"},
    Kind.DATE: {
        "maxLength": 10,
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "format": "date",
    },
    Kind.MONTH: {"maxLength": 7, "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"},
}
_EXAMPLES: dict[Kind, object] = {
    Kind.NAME: "张三",
    Kind.TEXT: "示例",
    Kind.LONG: "示例情况说明",
    Kind.ADDRESS: "沈阳市和平区示例路1号",
    Kind.PHONE: "13800138000",
    Kind.MOBILE: "13800138000",
    Kind.ID_NUMBER: "11010519491231002X",
    Kind.CREDIT_CODE: "11211300001200266Q",
    Kind.BANK_ACCOUNT: "6222020000000000000",
    Kind.COMMUNITY: "210102001001",
    Kind.DATE: "2026-03-16",
    Kind.MONTH: "2026-03",
    Kind.YES_NO: False,
    Kind.AGREED: True,
}


def question_schema(question: Question, *, sensitive: bool = False) -> Schema:
    """The schema of one answer; `sensitive` says that it tells of health, money or belief."""
    schema: Schema = {"title": question.title} | _shape(question)
    if question.help:
        schema["description"] = question.help
    if question.profile:
        schema |= {"description": question.help or FROM_PROFILE, "x-profile": question.profile}
    if question.passing:
        schema["x-passing"] = True
    if sensitive:
        schema["x-sensitive"] = True
    mask = "address" if question.profile == "address" else _MASKS.get(Kind(question.kind or "text"))
    return schema | ({"x-mask": mask} if mask else {})


def object_schema(questions: dict[str, Question], *, sensitive: bool = False) -> Schema:
    """The schema of an object with these answers and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, question in questions.items() if asked(question)],
        "properties": {
            name: question_schema(question, sensitive=sensitive)
            for name, question in questions.items()
        },
    }


def asked(question: Question) -> bool:
    """Whether the answer must be there: not optional, and not left to the profile."""
    return not question.optional and (question.profile is None or question.needed)


def example(question: Question) -> object:
    """An answer that the question's schema takes."""
    if question.one:
        return next(iter(question.one))
    if question.many:
        return [next(iter(question.many))]
    if question.list:
        entry = {name: example(inner) for name, inner in question.list.items() if asked(inner)}
        return [entry] * max(1, int(question.min or 0))
    if question.kind in {Kind.WHOLE, Kind.NUMBER, Kind.MONEY}:
        most = 1 if question.max is None else min(1, question.max)
        return _whole(max(question.min or 0, most))
    told = _EXAMPLES[Kind(question.kind or Kind.TEXT)]
    return told[: int(question.max)] if question.max and isinstance(told, str) else told


def _shape(question: Question) -> Schema:
    if question.one:
        return {"type": "string", "oneOf": _choices(question.one)}
    if question.many:
        return {
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "maxItems": len(question.many),
            "items": {"type": "string", "oneOf": _choices(question.many)},
        }
    if question.list:
        return {
            "type": "array",
            "minItems": _whole(question.min or 0),
            "maxItems": _whole(question.max or LIST_LENGTH),
            "items": object_schema(question.list),
        }
    return _kind_shape(question)


def _kind_shape(question: Question) -> Schema:
    kind = Kind(question.kind or Kind.TEXT)
    if kind in _STRINGS:
        limit = {"maxLength": _whole(question.max)} if question.max else {}
        return {"type": "string", "minLength": 1} | _STRINGS[kind] | limit
    if kind is Kind.YES_NO:
        return {"type": "boolean"}
    if kind is Kind.AGREED:
        return {"type": "boolean", "const": True}
    most = MOST_WHOLE if kind is Kind.WHOLE else MOST_MONEY
    decimals = {DECIMALS: FEN} if kind is Kind.MONEY else {}
    return {
        "type": "integer" if kind is Kind.WHOLE else "number",
        "minimum": _whole(question.min or 0),
        "maximum": _whole(most if question.max is None else question.max),
    } | decimals


def _choices(choices: dict[str, str]) -> list[Schema]:
    return [{"const": code, "title": title} for code, title in choices.items()]


def _whole(number: float | None) -> float:
    """Numbers without a fraction as integers: JSON Schema and its readers tell 1 from 1.0."""
    value = number or 0
    return int(value) if value == int(value) else value
