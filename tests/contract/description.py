"""The description of this process taken apart: its fields, and the shapes that they come from.

The document is built here from the routes, no server is asked.
"""

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from pydantic import BaseModel
from typing_extensions import is_typeddict

from backend.http.call import NoQuery, Nothing
from backend.http.problems import Problem
from miniprogram_api import server
from tests.answers import HERE, described

SPECS = [spec for group in server.GROUPS for spec in group.specs]
DOCUMENT = described(HERE)
COMPONENTS: dict[str, Any] = DOCUMENT["components"]
SCHEMAS: dict[str, Any] = COMPONENTS["schemas"]
OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}
FIELDS = {
    f"{model}.{name}": shape
    for model, schema in SCHEMAS.items()
    for name, shape in schema.get("properties", {}).items()
}
PARAMETERS = {
    f"{name} {parameter['name']}": parameter
    for name, operation in OPERATIONS.items()
    for parameter in operation["parameters"]
}


def faults(place: str, instance: Any, schema: dict[str, Any]) -> list[str]:
    """What the schema has against it, formats included."""
    root = schema | {"components": COMPONENTS}
    validator = OAS31Validator(root, format_checker=oas31_format_checker)
    return [f"{place}: {fault.message}" for fault in validator.iter_errors(instance)]


def all_shapes() -> set[Any]:
    """All shapes of bodies and answers, with those inside them."""
    todo: list[Any] = [Problem, *(part for spec in SPECS for part in (spec.body, spec.answer))]
    seen: set[Any] = {Nothing, NoQuery, None}
    while todo:
        shape = todo.pop()
        if shape not in seen:
            seen.add(shape)
            todo += [inner for each in (shape, *fields(shape).values()) for inner in _inside(each)]
    return seen - {None}


def fields(shape: Any) -> dict[str, Any]:
    """The annotations of a shape's fields, by the names that clients see."""
    kind = get_origin(shape) or shape
    if is_typeddict(kind):
        return get_type_hints(kind, include_extras=True)
    known = kind.model_fields.items()
    return {info.alias or name: info.annotation for name, info in known}


def _inside(annotation: Any) -> Iterator[Any]:
    kind = get_origin(annotation) or annotation
    if is_typeddict(kind) or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)
