"""The OpenAPI 3.1 document, made from the declared routes and their models."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from backend.http import conditions, keyed
from backend.http.call import NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.openapi import examples, refusals, shapes
from backend.http.openapi.refusals import Explained
from backend.http.openapi.words import words
from backend.http.routes import Spec

_REF = "#/components/schemas/{model}"
_UPLOAD = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {
                    "type": "string",
                    "contentMediaType": "application/octet-stream",
                    "description": "要上传的文件",
                }
            },
        }
    }
}
_PARAMETER = re.compile(r"<(\w+)(?::(\w+))?>")


class ProblemParam(BaseModel):
    """One field that could not be taken."""

    name: str
    code: str
    reason: str


class Problem(BaseModel):
    """RFC 9457 problem; `code` is stable, `title` and `detail` are Chinese."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    invalid_params: list[ProblemParam] = []


def document(
    specs: Sequence[Spec], *, version: str, server: str, explained: Explained
) -> dict[str, Any]:
    """The whole document; `server` is the base URL clients use, `explained` says every code."""
    refs, found = models_json_schema(_modelled(specs), ref_template=_REF)
    schemas = shapes.described(found.get("$defs", {}))
    paths: dict[str, Any] = {}
    for spec in specs:
        path = _PARAMETER.sub(r"{\1}", spec.path)
        operation = _operation(spec, refs, schemas)
        operation["responses"] |= refusals.responses(spec, explained)
        paths.setdefault(path, {})[spec.method.lower()] = operation
    used = {tag for methods in paths.values() for each in methods.values() for tag in each["tags"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "一口办 Yikou API",
            "version": version,
            "description": "社区「一口式」受理：居民端、工作人员端与微信推送",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [
            {"name": tag, "description": text} for tag, text in words().tags.items() if tag in used
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                kind: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
                for kind in (Guard.RESIDENT.value, Guard.STAFF.value)
            },
        },
    }


def _modelled(specs: Sequence[Spec]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    bodies = {spec.body for spec in specs if spec.body is not Nothing}
    answers = {spec.answer for spec in specs if spec.answer is not None}
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    wanted += [(model, "validation") for model in sorted(bodies, key=lambda model: model.__name__)]
    wanted += [(model, "serialization") for model in sorted(answers, key=lambda m: m.__name__)]
    return wanted


def _operation(
    spec: Spec, refs: dict[Any, Any], schemas: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": spec.name,
        "summary": words().operations.get(spec.name, spec.summary),
        "description": spec.summary,
        "tags": [_tag(spec.path)],
        "parameters": _path_parameters(spec) + _query_parameters(spec) + _header_parameters(spec),
        "responses": _success(spec, refs, schemas),
        "security": [{spec.guard.value: []}] if spec.guard in {Guard.RESIDENT, Guard.STAFF} else [],
    }
    if spec.multipart:
        operation["requestBody"] = {"required": True, "content": _UPLOAD}
    elif spec.body is not Nothing:
        content = _content(refs[(spec.body, "validation")], schemas)
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _tag(path: str) -> str:
    """The group of a path: its first word after the version, or that of its owner."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        return parts[2]
    return parts[0] if parts[0] in words().tags else "system"


def _content(schema: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    shown = {"schema": schema, "example": examples.example(schema, schemas)}
    return {"application/json": shown}


def _path_parameters(spec: Spec) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _text(spec, name),
            "schema": {"type": "string", "format": "uuid"}
            if kind == "uuid"
            else {"type": "string"},
        }
        for name, kind in _PARAMETER.findall(spec.path)
    ]


def _query_parameters(spec: Spec) -> list[dict[str, Any]]:
    if spec.query is NoQuery:
        return []
    schema = spec.query.model_json_schema(ref_template=_REF)
    required = set(schema.get("required", []))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": _text(spec, name),
            "schema": _labelled(_inline(shape, schema), spec, name),
        }
        for name, shape in schema.get("properties", {}).items()
    ]


def _labelled(shape: dict[str, Any], spec: Spec, name: str) -> dict[str, Any]:
    """The parameter's schema with its values' labels; its words stand beside it."""
    copied = {**shape}
    shapes.describe(copied, shape.get("title", spec.query.__name__), name)
    return {key: value for key, value in copied.items() if key not in {"description", "examples"}}


def _text(spec: Spec, name: str) -> str:
    word = words().field(spec.name, name) or words().field(spec.query.__name__, name)
    return word.text if word else ""


def _inline(shape: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in shape:
        found: dict[str, Any] = schema["$defs"][shape["$ref"].rsplit("/", 1)[1]]
        return found
    if "anyOf" in shape:
        # A query string has no null: a parameter that may be absent is only not required.
        options = [_inline(option, schema) for option in shape["anyOf"]]
        given = [option for option in options if option != {"type": "null"}]
        rest = {key: value for key, value in shape.items() if key not in {"anyOf", "default"}}
        return given[0] | rest if len(given) == 1 else {"anyOf": given} | rest
    return shape


def _header_parameters(spec: Spec) -> list[dict[str, Any]]:
    headers = []
    if spec.keyed is not Keyed.NO:
        headers.append(("Idempotency-Key", spec.key_required, keyed.PATTERN))
    if spec.if_match:
        headers.append(("If-Match", True, conditions.PATTERN))
    return [
        {
            "name": name,
            "in": "header",
            "required": required,
            "description": _text(spec, name),
            "schema": {"type": "string", "pattern": pattern},
        }
        for name, required, pattern in headers
    ]


def _success(
    spec: Spec, refs: dict[Any, Any], schemas: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(spec.status).phrase}
    if spec.answer is not None:
        success["content"] = _content(refs[(spec.answer, "serialization")], schemas)
    known = {"304": {"description": "Not Modified"}} if spec.method == "GET" else {}
    return {str(spec.status): success, **known}
