"""Whole examples of bodies and answers, put together from those of their fields."""

from typing import Any

from backend.http.openapi.shapes import Schema

# Deeper than any answer nests.
DEEPEST = 12


def example(schema: Schema, components: dict[str, Schema], depth: int = 0) -> Any:
    """A value that the schema takes: the first example of each field, lists with one entry."""
    if "examples" in schema:
        return schema["examples"][0]
    if depth > DEEPEST:
        raise ValueError(f"a model that holds itself needs an example: {schema}")
    if "$ref" in schema:
        return example(components[schema["$ref"].rsplit("/", 1)[1]], components, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("anyOf"):
        # A model rather than nothing.
        telling = [option for option in options if "$ref" in option or "items" in option]
        return example((telling or options)[0], components, depth + 1)
    return _of_type(schema, components, depth)


def _of_type(schema: Schema, components: dict[str, Schema], depth: int) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: example(part, components, depth + 1) for name, part in fields.items()}
        case "array":
            return [example(schema["items"], components, depth + 1)]
    return None
