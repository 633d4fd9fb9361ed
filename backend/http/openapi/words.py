"""The Chinese words of the description, from `words.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.cases import texts
from models import CaseStatus

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class Word:
    """What a field means, and a value that it may have."""

    text: str
    example: Any


@dataclass(frozen=True)
class Words:
    """All words: groups and endpoints by name, fields by name or `Model.name`, values by list."""

    tags: dict[str, str]
    operations: dict[str, str]
    fields: dict[str, Word]
    values: dict[str, dict[str, str]]

    def field(self, model: str, name: str) -> Word | None:
        """The word of a model's field: its own, or else that of the name."""
        return self.fields.get(f"{model}.{name}") or self.fields.get(name)

    def labels(self, model: str, name: str) -> dict[str, str]:
        """What the values of a list or of a field are called; empty where nobody says."""
        return self.values.get(f"{model}.{name}") or self.values.get(name) or {}


@cache
def words() -> Words:
    """Read once a process."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    # The statuses of a case have their words where the answers take them from.
    read["values"][CaseStatus.__name__] = {key.value: text for key, text in texts.STATUS.items()}
    fields = {name: Word(*told) for name, told in read["fields"].items()}
    return Words(read["tags"], read["operations"], fields, read["values"])
