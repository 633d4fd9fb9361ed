"""The OpenAPI 3.1 document, made from the declared routes, their models and the Chinese words."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from backend.http.call import Nothing
from backend.http.guard import Guard
from backend.http.openapi import parameters, refusals
from backend.http.openapi.examples import example
from backend.http.openapi.refusals import Explained, Problem
from backend.http.openapi.shapes import Described, Schema
from backend.http.openapi.words import words
from backend.http.routes import Spec

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
_GUARDED = {Guard.RESIDENT: "居民的访问令牌", Guard.STAFF: "工作人员的访问令牌"}


def document(
    specs: Sequence[Spec], *, version: str, server: str, explained: Explained
) -> dict[str, Any]:
    """The whole document; `server` is the base URL clients use, `explained` says every code."""
    refs, found = models_json_schema(
        _modelled(specs), ref_template=parameters.REF, schema_generator=Described
    )
    schemas: dict[str, Schema] = found.get("$defs", {})
    paths: dict[str, Any] = {}
    for spec in specs:
        operation = _operation(spec, refs, schemas)
        _add(operation["responses"], refusals.responses(spec, explained), spec.also)
        paths.setdefault(parameters.path(spec), {})[spec.method.lower()] = operation
    used = {tag for methods in paths.values() for each in methods.values() for tag in each["tags"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "一口办 Yikou API",
            "version": version,
            "description": "社区「一口式」受理：居民端、工作人员端与微信推送",
            "contact": {"name": "Yikou maintainers"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [
            {"name": tag, "description": text} for tag, text in words().tags.items() if tag in used
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "examples": refusals.examples(specs, explained),
            "securitySchemes": {
                guard.value: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": text,
                }
                for guard, text in _GUARDED.items()
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


def _operation(spec: Spec, refs: dict[Any, Any], schemas: dict[str, Schema]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": spec.name,
        "summary": words().operations.get(spec.name, ""),
        "description": spec.summary,
        "tags": [_tag(spec.path)],
        "parameters": parameters.parameters(spec),
        "responses": _success(spec, refs, schemas),
        "security": [{spec.guard.value: []}] if spec.guard in _GUARDED else [],
    }
    if spec.multipart:
        operation["requestBody"] = {"required": True, "content": _UPLOAD}
    elif spec.body is not Nothing:
        content = _content(refs[spec.body, "validation"], schemas)
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _tag(path: str) -> str:
    """The group of a path: its first word after the version, or that of its owner."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        return parts[2]
    return parts[0] if parts[0] in words().tags else "system"


def _content(schema: Schema, schemas: dict[str, Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": example(schema, schemas)}}


def _success(spec: Spec, refs: dict[Any, Any], schemas: dict[str, Schema]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": words().statuses[spec.status]}
    if spec.answer is not None:
        success["content"] = _content(refs[spec.answer, "serialization"], schemas)
    known = {"304": {"description": words().statuses[304]}} if spec.method == "GET" else {}
    return {str(spec.status): success, **known}


def _add(answers: dict[str, Any], refused: dict[str, Any], also: tuple[int, ...]) -> None:
    """Add the refusals to the answers; at a status of `also` the endpoint's own answer is one."""
    shown, *_ = answers.values()
    for status, refusal in refused.items():
        own = shown["content"] if status in {str(each) for each in also} else {}
        answers[status] = refusal | {"content": own | refusal["content"]}
