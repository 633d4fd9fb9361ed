"""A form's schema in the order of its layout: JSON objects have none, so lists say it."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.catalogue.shapes import FieldView, SectionView


def ordered(form: Mapping[str, Any], sections: list[SectionView]) -> dict[str, Any]:
    """The form's schema with its properties in the layout's order; as it is without a layout."""
    paths = [path for section in sections for path in _paths(section["fields"])]
    return _ordered(form, [path.split(".") for path in paths])


def _ordered(schema: Mapping[str, Any], paths: list[list[str]]) -> dict[str, Any]:
    result = dict(schema)
    if "properties" in schema:
        names = dict.fromkeys([path[0] for path in paths if path] + list(schema["properties"]))
        result["properties"] = {
            name: _ordered(
                schema["properties"][name], [path[1:] for path in paths if path[:1] == [name]]
            )
            for name in names
        }
    if "items" in schema:
        result["items"] = _ordered(schema["items"], [path[1:] for path in paths])
    return result


def _paths(fields: list[FieldView]) -> Iterator[str]:
    for field in fields:
        yield field["path"]
        yield from _paths(field["fields"])
