"""The OpenAPI 3.1 document, made from the declared routes, their models and the Chinese words."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from backend.http.call import Nothing
from backend.http.openapi import headers, parameters, refusals, shapes
from backend.http.openapi.examples import example
from backend.http.openapi.shapes import Described, Schema
from backend.http.openapi.words import words
from backend.http.problems import Problem
from backend.http.spec import Spec
from models import Audience

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
# What has no model: pages and files of their own kind.
_OF_MEDIA: dict[str, Any] = {
    "application/json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}},
    "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>"},
    "text/css": {"schema": {"type": "string"}, "example": "body { margin: 0 }"},
    "text/javascript": {"schema": {"type": "string"}, "example": "export const one = 1;"},
    "text/plain": {"schema": {"type": "string"}, "example": "success"},
}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_GUARDED = {Audience.RESIDENT: "居民的访问令牌", Audience.STAFF: "工作人员的访问令牌"}


def document(specs: Sequence[Spec], *, version: str, server: str) -> dict[str, Any]:
    """The whole document; `server` is the base URL clients use."""
    refs, found = TypeAdapter.json_schemas(
        _shaped(specs), ref_template=parameters.REF, schema_generator=Described
    )
    schemas: dict[str, Schema] = found.get("$defs", {})
    refusals.name_codes(schemas[Problem.__name__], specs)
    paths: dict[str, Any] = {}
    for spec in specs:
        operation = _operation(spec, refs, schemas)
        _add(operation["responses"], refusals.responses(spec), spec)
        paths.setdefault(parameters.path(spec), {})[spec.method.lower()] = operation
    shared = _share(paths)
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
            "responses": shared,
            "headers": headers.components(),
            "examples": refusals.examples(specs),
            "securitySchemes": {
                audience.value: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": text,
                }
                for audience, text in _GUARDED.items()
            },
        },
    }


def _shaped(specs: Sequence[Spec]) -> list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]]:
    bodies = {spec.body for spec in specs if spec.body is not Nothing}
    answers = {spec.answer for spec in specs if spec.answer is not None}
    wanted: list[tuple[Any, JsonSchemaMode]] = [(Problem, "serialization")]
    wanted += [(body, "validation") for body in sorted(bodies, key=shapes.name_of)]
    wanted += [(answer, "serialization") for answer in sorted(answers, key=shapes.name_of)]
    return [(shape, mode, TypeAdapter(shape)) for shape, mode in wanted]


def _operation(spec: Spec, refs: dict[Any, Any], schemas: dict[str, Schema]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": spec.name,
        "summary": words().operations.get(spec.name, ""),
        "description": spec.summary,
        "tags": [_tag(spec.path)],
        "parameters": parameters.parameters(spec),
        "responses": _success(spec, refs, schemas),
        "security": [{spec.guard.audience.value: []}] if spec.guard.audience else [],
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
    told = {"headers": headers.of_success(spec)}
    success: dict[str, Any] = {"description": words().statuses[spec.status]} | told
    if spec.answer is not None:
        success["content"] = _content(refs[spec.answer, "serialization"], schemas)
    if spec.media:
        pages = {media: _OF_MEDIA.get(media, _FILE) for media in spec.media}
        success["content"] = success.get("content", {}) | pages
    known = {"304": {"description": words().statuses[304]} | told} if spec.shows_changes else {}
    return {str(spec.status): success, **known}


def _add(answers: dict[str, Any], refused: dict[str, Any], spec: Spec) -> None:
    """Add the refusals to the answers; at a status of `also` the endpoint's own answer is one."""
    shown, *_ = answers.values()
    also = {str(status) for status in spec.also}
    for status, refusal in refused.items():
        own = shown["content"] if status in also else {}
        answers[status] = refusal | {"content": own | refusal["content"]}
    for status in also - refused.keys():
        answers[status] = {
            "description": words().statuses[int(status)],
            "headers": headers.of_refusal(spec, int(status)),
            "content": shown["content"],
        }


def _share(paths: dict[str, Any]) -> dict[str, Any]:
    """Put what several endpoints answer alike in one place, and a reference where it was."""
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for methods in paths.values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                said = f"{status} {json.dumps(answer, sort_keys=True)}"
                found.setdefault(said, []).append((operation["responses"], status))
    shared: dict[str, Any] = {}
    for places in found.values():
        (first, status), *others = places
        if others:
            alike = sum(name.startswith(f"Answer{status.title()}") for name in shared)
            name = f"Answer{status.title()}" + (f"_{alike + 1}" if alike else "")
            shared[name] = first[status]
            for answers, _ in places:
                answers[status] = {"$ref": f"#/components/responses/{name}"}
    return shared
