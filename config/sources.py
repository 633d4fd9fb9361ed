"""Reading the city's data files; a bad row is reported with file and row, and reading goes on."""

import csv
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

DATA = Path(__file__).with_name("data")

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class BadRow:
    """A row that can't be taken: the file's name, the row's code or line, and why."""

    file: str
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.row}: {self.reason}"


class _Loader(yaml.CSafeLoader):
    """YAML in which a key given twice is an error, not the last one's victory."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    pairs = loader.construct_pairs(node, deep=True)
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(
                problem=f"key {key!r} is given twice", problem_mark=node.start_mark
            )
    return dict(pairs)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path, bad: list[BadRow]) -> Any:
    """The file's content; an unreadable file is one bad row and an empty mapping."""
    try:
        with path.open("rb") as file:
            return yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader
    except (OSError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "-"
        reason = getattr(error, "problem", None) or str(error)
        bad.append(BadRow(path.name, line, reason))
        return {}


def read_csv(path: Path, bad: list[BadRow]) -> list[tuple[str, dict[str, str]]]:
    """The rows with their line numbers; lines that begin with # are comments."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        bad.append(BadRow(path.name, "-", str(error)))
        return []
    kept = [(number, text) for number, text in enumerate(lines, 1) if not text.startswith("#")]
    rows = csv.DictReader([text for _, text in kept], restkey="too_many", restval="")
    return [(f"line {number}", row) for (number, _), row in zip(kept[1:], rows, strict=True)]


def take(model: type[T], content: object, *, file: str, row: str, bad: list[BadRow]) -> T | None:
    """Check one row against its model; None and one bad row per fault if it does not fit."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"])
            bad.append(BadRow(file, row, f"{where}: {fault['msg']}" if where else fault["msg"]))
        return None
