"""A form's example answers held against its schema: what no answer could ever fit."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from backend.catalogue import formats
from backend.catalogue.loading.fault import Fault, Path


def faults(schema: dict[str, Any], example: dict[str, Any], *, at: Path) -> Iterator[Fault]:
    """Why the example does not fit, or why the schema is none; `at` is where questions stand."""
    try:
        validator = formats.compiled(schema)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        said = getattr(error, "message", str(error))
        yield Fault(f"{at[0]}: 表单有误 / makes no sound JSON Schema: {said}", at)
        return
    for fault in validator.iter_errors(example):
        where = tuple(fault.instance_path)
        yield Fault(f"{at[0]}: 示例不合表单 / the example: {fault.message}", (*at, *where))
