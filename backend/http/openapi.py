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
from backend.http.routes import Spec

_REF = "#/components/schemas/{model}"
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


def document(specs: Sequence[Spec], *, version: str, server: str) -> dict[str, Any]:
    """The whole document; `server` is the base URL clients use."""
    modes = _modelled(specs)
    refs, schemas = models_json_schema(modes, ref_template=_REF)
    paths: dict[str, Any] = {}
    for spec in specs:
        path = _PARAMETER.sub(r"{\1}", spec.path)
        paths.setdefault(path, {})[spec.method.lower()] = _operation(spec, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "一口办 Yikou API",
            "version": version,
            "description": "社区「一口式」受理：居民端、工作人员端与微信推送",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "resident": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "staff": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
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


def _operation(spec: Spec, refs: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": spec.name,
        "summary": spec.summary,
        "tags": [spec.path.split("/")[3] if spec.path.startswith("/api/") else "system"],
        "parameters": _path_parameters(spec) + _query_parameters(spec) + _header_parameters(spec),
        "responses": _responses(spec, refs),
    }
    if spec.guard in {Guard.RESIDENT, Guard.STAFF}:
        operation["security"] = [{spec.guard.value: []}]
    else:
        operation["security"] = []
    if spec.multipart:
        upload: dict[str, Any] = {"type": "object", "required": ["file"]}
        upload["properties"] = {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"}
        }
        operation["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": upload}},
        }
    elif spec.body is not Nothing:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[(spec.body, "validation")]}},
        }
    return operation


def _path_parameters(spec: Spec) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
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
            "schema": _inline(shape, schema),
        }
        for name, shape in schema.get("properties", {}).items()
    ]


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
            "schema": {"type": "string", "pattern": pattern},
        }
        for name, required, pattern in headers
    ]


def _responses(spec: Spec, refs: dict[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(spec.status).phrase}
    if spec.answer is not None:
        schema = refs[(spec.answer, "serialization")]
        success["content"] = {"application/json": {"schema": schema}}
    codes = f": {', '.join(spec.errors)}" if spec.errors else ""
    refused: dict[str, Any] = {
        "description": f"problem+json{codes}",
        "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    if spec.guard is Guard.WECHAT:
        refused["content"]["text/plain"] = {"schema": {"type": "string"}}
    known = {"304": {"description": "Not Modified"}} if spec.method == "GET" else {}
    return {str(spec.status): success, **known, "default": refused}
