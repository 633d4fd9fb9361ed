"""The only reader of request bodies and query strings."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, from_json
from sanic import Request

from backend.errors import InvalidParam
from backend.http import headers, numbers, repeats
from backend.http.refusals import BodyInvalid, BodyTypeRefused, JsonMalformed, QueryInvalid
from config import characters, complaints, encoding


class Body(BaseModel):
    """A request body: unknown fields are refused, numbers and strings are not mixed up."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """A query string: unknown parameters are refused, numbers are read from text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# RFC 8259, 11: it has no parameters; many send this one, and others mean nothing.
_JSON = re.compile(
    r"\s*application/json\s*(?:;(?!\s*charset)[^;,]*|;\s*charset\s*=\s*(?:\"utf-?8\"|utf-?8)\s*)*",
    re.IGNORECASE | re.ASCII,
)
_WHOLE, _DECIMAL = re.compile(r"-?[0-9]+"), re.compile(r"-?[0-9]+(\.[0-9]+)?")

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)
R = TypeVar("R", BodyInvalid, QueryInvalid)

WHOLE_BODY = "body"
"""What `invalid_params` call a fault that is of no field."""


def parse(request: Request, model: type[B]) -> B:
    """The body that was read, as `model`; JsonMalformed, or BodyInvalid with each field's fault.

    BodyTypeRefused for one that says that it is no JSON, or not in UTF-8; one may say nothing.
    """
    raw = request.body
    if raw and not _JSON.fullmatch(headers.value(request, "content-type") or "application/json"):
        raise BodyTypeRefused
    if characters.SUSPECT.search(raw):
        raw = characters.with_newlines(raw)
        _check_characters(raw)
    # A first look, which may also find them in texts.
    if b"NaN" in raw or b"Infinity" in raw:
        _check_numbers(raw)
    if numbers.suspect(raw) and (found := numbers.places(raw)):
        raise _invalid(BodyInvalid, "number_too_fine", [place or WHOLE_BODY for place in found])
    try:
        body = model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if any(detail["type"] == "json_invalid" for detail in details):
            raise JsonMalformed from None
        raise BodyInvalid(invalid_params=_params(details)) from None
    if raw and (twice := repeats.repeated(raw)) is not None:
        raise _invalid(BodyInvalid, "repeated", [twice])
    return body


def nested(values: dict[str, Any], model: type[B], *, under: str) -> B:
    """An object within a body that was parsed, as `model`; BodyInvalid names faults `under.…`.

    Where it is `under` nothing, they are named as they are.
    """
    try:
        return model.model_validate_json(encoding.dumps(values))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        for detail in details:
            detail["loc"] = (under, *detail["loc"]) if under else detail["loc"]
        raise BodyInvalid(invalid_params=_params(details)) from None


def parse_query(request: Request, model: type[Q]) -> Q:
    """The query string as `model`; QueryInvalid otherwise.

    A parameter without a value, or given twice, is refused: what it should mean, nobody can know.
    """
    given = request.get_args(keep_blank_values=True)
    values: dict[str, Any] = {name: repeated[-1] for name, repeated in given.items()}
    if model.model_config.get("extra") == "forbid":
        if twice := [name for name, repeated in given.items() if len(repeated) > 1]:
            raise _invalid(QueryInvalid, "repeated", twice)
        _check_values(values, model)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise QueryInvalid(invalid_params=_params(details)) from None


def _check_numbers(raw: bytes) -> None:
    """JsonMalformed for what JSON does not know, though its readers take it."""
    try:
        from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise JsonMalformed from None


def _check_characters(raw: bytes) -> None:
    try:
        body = from_json(raw)
    except ValueError:
        # A bare NUL, say: of what is no JSON we can name no place.
        found = [WHOLE_BODY] if b"\x00" in raw else []
    else:
        found = sorted({place or WHOLE_BODY for place in characters.places(body)})
    if found:
        raise _invalid(BodyInvalid, "character_refused", found)


def _check_values(values: dict[str, str], model: type[Query]) -> None:
    blank = [name for name, value in values.items() if not value]
    if blank:
        raise _invalid(QueryInvalid, "blank", blank)
    # What is no UTF-8 was read as U+FFFD.
    unread = [name for name, value in values.items() if "\ufffd" in value]
    if found := unread or list(characters.places(values)):
        raise _invalid(QueryInvalid, "character_refused", found)
    for name, (fault, written) in _numbers(model).items():
        if name in values and not written.fullmatch(values[name]):
            raise _invalid(QueryInvalid, fault, [name])


@cache
def _numbers(model: type[Query]) -> dict[str, tuple[str, re.Pattern[str]]]:
    """How the numbers of a query are written: Pydantic would also take 1_0, +1 and 1e1."""
    kinds = ((int, "int_parsing", _WHOLE), (float, "float_parsing", _DECIMAL))
    return {
        name: (fault, written)
        for name, field in model.model_fields.items()
        for kind, fault, written in kinds
        if kind in _types(field.annotation)
    }


def _types(annotation: object) -> Iterator[object]:
    """The types that a field may have, whatever else is said of them."""
    yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _invalid(refusal: type[R], fault: str, names: list[str]) -> R:
    params = [InvalidParam(name or '""', fault, complaints.chinese(fault)) for name in names[:20]]
    return refusal(invalid_params=params)


def _params(details: list[ErrorDetails]) -> list[InvalidParam]:
    return [
        InvalidParam(
            complaints.place(detail, top=WHOLE_BODY),
            detail["type"],
            complaints.chinese(detail["type"], detail.get("ctx")),
            complaints.allowed(detail.get("ctx")),
        )
        for detail in details[:20]
    ]
