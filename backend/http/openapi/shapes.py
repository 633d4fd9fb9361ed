"""Schemas with their words: what each field means, an example, and the names of its values."""

from typing import Any

from backend.http.openapi.words import words

Schema = dict[str, Any]
LABELS = "x-enum-labels"


def described(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """The components, each field with its meaning and an example, each value with its label."""
    for model, schema in schemas.items():
        if "enum" in schema:
            _label(schema, model, model)
        for name, shape in schema.get("properties", {}).items():
            describe(shape, model, name)
    return schemas


def describe(shape: Schema, model: str, name: str) -> None:
    """Add the words of one field or parameter to its schema, in place."""
    # Pydantic makes titles of names: they say nothing new.
    shape.pop("title", None)
    word = words().field(model, name)
    if word is None:
        return
    shape.setdefault("description", word.text)
    if word.example is not None and not _composed(shape):
        shape.setdefault("examples", [word.example])
    for part in (shape, shape.get("items", {}), *shape.get("anyOf", [])):
        if "enum" in part or "const" in part:
            _label(part, model, name)


def _composed(shape: Schema) -> bool:
    """Whether the field's example is that of other models."""
    return "$ref" in str(shape)


def _label(part: Schema, model: str, name: str) -> None:
    if labels := words().labels(model, name):
        values = part.get("enum", [part.get("const")])
        part[LABELS] = {value: labels[value] for value in values if value in labels}
