"""Schemas with their words: what each field means, an example, and the names of its values."""

import re
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema
from typing_extensions import get_original_bases, is_typeddict

from backend.cases.clock.limits import Unit
from backend.http.openapi.words import words

Schema = dict[str, Any]
LABELS = "x-enum-labels"
# Whoever reads the document does not see which module a class comes from.
_NAMES = {Unit.__name__: "LimitUnit"}
_GENERIC = re.compile(r"(\w+)\[(\w+)\]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Described(GenerateJsonSchema):
    """Pydantic's schemas, each field and each list of values with its words."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - Pydantic's
        """Pydantic makes titles of names: they say nothing new."""
        return False

    def normalize_name(self, name: str) -> str:
        """The component's name: CaseSummaryListing for Listing[CaseSummary]."""
        plain = _GENERIC.sub(r"\2\1", name)
        return _NAMES.get(plain, super().normalize_name(plain))

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002 - Pydantic's
        """As declared: Pydantic would put values' labels and examples into another order."""
        return value

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Without the default: generators of types read one as a property that is always there."""
        return self.generate_inner(schema["schema"])

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """The list of values with their labels."""
        shown = super().enum_schema(schema)
        shown.pop("title", None)
        label(shown, words().labels((), schema["cls"].__name__))
        return shown

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The model of a body with the words of its fields."""
        return _worded(super().model_schema(schema), schema["cls"])

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        """The shape of an answer with the words of its fields."""
        return _worded(super().typed_dict_schema(schema), schema["cls"])


class Asked(Described):
    """The same of a query, whose parameters are optional by their own word and have defaults."""

    default_schema = GenerateJsonSchema.default_schema


def owners(shape: Any) -> tuple[str, ...]:
    """The names under which words of the shape's fields are looked for: its own comes first."""
    kind = get_origin(shape) or shape
    if not is_typeddict(kind):
        return tuple(each.__name__ for each in kind.__mro__ if issubclass(each, BaseModel))
    # A TypedDict does not descend from those that it extends.
    above = [base for base in get_original_bases(kind) if is_typeddict(get_origin(base) or base)]
    return (kind.__name__, *(name for base in above for name in owners(base)))


def name_of(shape: Any) -> str:
    """What it is called: Listing[CaseSummary] where it is one of a generic kind."""
    parts = ", ".join(map(name_of, get_args(shape)))
    plain: str = shape.__name__
    return f"{plain}[{parts}]" if parts else plain


def _worded(shown: Schema, kind: type[Any]) -> Schema:
    # Pydantic's title is the component's name again.
    shown.pop("title", None)
    names = owners(kind)
    for field, shape in shown.get("properties", {}).items():
        describe(shape, names, field)
    return shown


def describe(shape: Schema, names: tuple[str, ...], name: str) -> None:
    """Add the words of one field or parameter to its schema, in place."""
    if word := words().field(names, name):
        shape["description"] = word.text
        if word.examples:
            shape["examples"] = list(word.examples)
    for part in (shape, shape.get("items", {}), *shape.get("anyOf", [])):
        label(part, words().labels(names, name))


def label(part: Schema, labels: dict[str, str]) -> None:
    """Say what each value of a list is called; one that is Chinese says it itself."""
    values = part.get("enum", [part["const"]] if "const" in part else [])
    if labels := {value: labels.get(value, value) for value in values if value in labels}:
        part[LABELS] = labels
    elif values and all(_CHINESE.search(value) for value in values):
        part[LABELS] = {value: value for value in values}
