"""What a request carries beside its body: the path's parts, the query, the headers we read."""

import re
from typing import Any

from backend.http import conditions, keyed, pages
from backend.http.call import NoQuery
from backend.http.keyed import Keyed
from backend.http.openapi import shapes
from backend.http.openapi.shapes import Asked, Schema
from backend.http.spec import Spec

REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(\w+)(?::(\w+))?>")
_PATH: dict[str, Schema] = {
    "uuid": {"type": "string", "format": "uuid"},
    "str": {"type": "string"},
}


def path(spec: Spec) -> str:
    """The path with its parameters as OpenAPI writes them."""
    return _PARAMETER.sub(r"{\1}", spec.path)


def parameters(spec: Spec) -> list[dict[str, Any]]:
    """All parameters of an endpoint."""
    return [*_of_path(spec), *_of_query(spec), *_of_headers(spec)]


def _of_path(spec: Spec) -> list[dict[str, Any]]:
    return [
        _parameter((spec.name, "path"), name, _PATH[kind or "str"], place="path", required=True)
        for name, kind in _PARAMETER.findall(spec.path)
    ]


def _of_query(spec: Spec) -> list[dict[str, Any]]:
    if spec.query is NoQuery:
        return []
    schema = spec.query.model_json_schema(ref_template=REF, schema_generator=Asked)
    required = set(schema.get("required", []))
    names = (spec.name, *shapes.owners(spec.query))
    return [
        _parameter(names, name, _plain(shape, schema), place="query", required=name in required)
        for name, shape in schema.get("properties", {}).items()
    ]


def _of_headers(spec: Spec) -> list[dict[str, Any]]:
    read: list[tuple[str, bool, Schema]] = []
    if spec.keyed is not Keyed.NO:
        read.append(("Idempotency-Key", spec.key_required, {"pattern": keyed.PATTERN}))
    if spec.if_match or spec.if_match_later:
        read.append(("If-Match", spec.if_match, {"pattern": conditions.PATTERN}))
    if spec.behalf:
        read.append(("On-Behalf-Of", False, {"format": "uuid"}))
    if spec.streams:
        read.append(("Last-Event-ID", False, {"pattern": pages.NUMBER}))
    if spec.shows_changes:
        read.append(("If-None-Match", False, {}))
    return [
        _parameter(
            (spec.name,),
            name,
            {"type": "string"} | shape,
            place="header",
            required=required,
        )
        for name, required, shape in read
    ]


def _parameter(
    names: tuple[str, ...], name: str, schema: Schema, *, place: str, required: bool
) -> dict[str, Any]:
    shown = {**schema}
    shapes.describe(shown, names, name)
    text, examples = shown.pop("description", ""), shown.pop("examples", ())
    made: dict[str, Any] = {
        "name": name,
        "in": place,
        "required": required,
        "description": text,
        "schema": shown,
    }
    return made | ({"example": examples[0]} if examples else {})


def _plain(shape: Schema, schema: Schema) -> Schema:
    """The shape without references, and without null: a query string has none."""
    if "$ref" in shape:
        target: Schema = schema["$defs"][shape["$ref"].rsplit("/", 1)[1]]
        beside = {key: value for key, value in shape.items() if key != "$ref"}
        inner = {key: value for key, value in target.items() if key not in {"title", "description"}}
        return inner | beside
    options = [_plain(option, schema) for option in shape.get("anyOf", [])]
    given = [option for option in options if option != {"type": "null"}]
    rest = {key: value for key, value in shape.items() if key != "anyOf"}
    if rest.get("default", "") is None:
        del rest["default"]
    if len(given) == 1:
        return given[0] | rest
    return rest | {"anyOf": given} if given else rest
