"""Whole examples of bodies and answers, put together from those of their fields."""

from typing import Any

Schema = dict[str, Any]
# Deeper than any answer nests.
DEEPEST = 8
_FIXED = {"const", "default", "enum"}


def example(schema: Schema, components: dict[str, Schema], depth: int = 0) -> Any:
    """A value that the schema takes: the first example of each field, lists with one entry."""
    if depth > DEEPEST:
        return None
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example(components[schema["$ref"].rsplit("/", 1)[1]], components, depth + 1)
    if fixed := _FIXED & schema.keys():
        return schema[min(fixed)] if fixed != {"enum"} else schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("allOf"):
        return _of_options(options, components, depth)
    return _of_type(schema, components, depth)


def _of_options(options: list[Schema], components: dict[str, Schema], depth: int) -> Any:
    """A model rather than nothing; nothing rather than a made-up text."""
    telling = [option for option in options if "$ref" in option or "items" in option]
    absent = any(option.get("type") == "null" for option in options)
    if not telling and absent:
        return None
    return example((telling or options)[0], components, depth + 1)


def _of_type(schema: Schema, components: dict[str, Schema], depth: int) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: example(part, components, depth + 1) for name, part in fields.items()}
        case "array":
            return [example(schema["items"], components, depth + 1)] if "items" in schema else []
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "string":
            return ""
    return None
