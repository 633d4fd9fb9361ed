"""Filling in whatever a JSON Schema asks for, as a client does that knows nothing else."""

import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]
# Tried in this order: the first that fits pattern, format and length is the answer.
TEXTS = (
    "因家庭生活困难申请办理",
    "示例",
    "13800138000",
    "6222020000000000000",
    "210102001001",
    "11010519491231002X",
    "11211300001200266Q",
    "2026-03-16",
    "2026-03",
    "0194f2a0-0000-7000-8000-000000000000",
    "x",
)


def fill(schema: Schema, root: Schema | None = None) -> Any:
    """The smallest sensible answer: only what is required, conditions included."""
    root = schema if root is None else root
    schema = _resolved(schema, root)
    for decided in ("const", "default"):
        if decided in schema:
            return schema[decided]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return fill(schema[choice][0], root)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    return _FILLERS[kind](schema, root)


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        node: Any = root
        for name in schema["$ref"].removeprefix("#/").split("/"):
            node = node[name]
        schema = node
    return schema


def _object(schema: Schema, root: Schema) -> dict[str, Any]:
    properties = schema.get("properties", {})
    answers = {name: fill(properties[name], root) for name in schema.get("required", [])}
    for rule in schema.get("allOf", []):
        if "if" in rule and jsonschema_rs.Draft202012Validator(rule["if"]).is_valid(answers):
            _follow(rule.get("then", {}), answers, properties, root)
    return answers


def _follow(
    then: Schema, answers: dict[str, Any], properties: dict[str, Schema], root: Schema
) -> None:
    for name in then.get("required", []):
        if name not in answers:
            answers[name] = fill(properties[name], root)
    for name, inner in then.get("properties", {}).items():
        if name in answers:
            _follow(inner, answers[name], properties[name].get("properties", {}), root)


def _array(schema: Schema, root: Schema) -> list[Any]:
    return [fill(schema["items"], root)] * schema.get("minItems", 0)


def _number(schema: Schema, _root: Schema) -> Any:
    return max(schema.get("minimum", 0), min(1, schema.get("maximum", 1)))


def _string(schema: Schema, _root: Schema) -> str:
    fits = (text for text in (*TEXTS, *schema.get("examples", [])) if _fits(text, schema))
    found: str | None = next(fits, None)
    assert found is not None, f"no text fits {schema}"
    return found


def _fits(text: str, schema: Schema) -> bool:
    kind = schema.get("format")
    return (
        re.search(schema.get("pattern", ""), text) is not None
        and schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
        and (kind != "uuid" or text.count("-") == 4)
        and (kind != "date" or text == "2026-03-16")
        and (kind != "credit-code" or text.endswith("266Q"))
    )


_FILLERS: dict[str, Callable[[Schema, Schema], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda _schema, _root: False,
    "null": lambda _schema, _root: None,
}
