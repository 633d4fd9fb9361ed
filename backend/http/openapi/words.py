"""The Chinese words of the description, from `words.yaml` and from where the answers take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.appointments.rules import texts as appointments
from backend.cases.rules import texts as cases
from backend.catalogue.categories import CATEGORIES, Category
from models import AppointmentStatus, CaseStatus

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class Word:
    """What a field means, and values that it may have: none where they are another model's."""

    text: str
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Words:
    """All words: groups and endpoints by name, fields by name or `Model.name`, values by list."""

    tags: dict[str, str]
    operations: dict[str, str]
    statuses: dict[int, str]
    headers: dict[str, Word]
    fields: dict[str, Word]
    values: dict[str, dict[str, str]]

    def field(self, owners: Iterable[str], name: str) -> Word | None:
        """The word of a field of the first owner that has one of its own, or else of the name."""
        key = found(self.fields, owners, name)
        return self.fields[key] if key else None

    def labels(self, owners: Iterable[str], name: str) -> dict[str, str]:
        """What the values of a list or of a field are called; empty where nobody says."""
        key = found(self.values, owners, name)
        return self.values[key] if key else {}


def found(among: Iterable[str], owners: Iterable[str], name: str) -> str:
    """The key that counts for a name: `owner.name` of the first owner, the name, or none ("")."""
    known = set(among)
    keys = [f"{owner}.{name}" for owner in owners] + [name]
    return next((key for key in keys if key in known), "")


@cache
def words() -> Words:
    """Read once a process."""
    read = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    spoken: dict[str, dict[Any, str]] = {
        AppointmentStatus.__name__: appointments.STATUS,
        CaseStatus.__name__: cases.STATUS,
        Category.__name__: CATEGORIES,
        "method": cases.METHODS,
        "delivery": cases.METHODS,
    }
    return Words(
        tags=read["tags"],
        operations=read["operations"],
        statuses=read["statuses"],
        headers=_words(read["headers"]),
        fields=_words(read["fields"]),
        values=read["values"]
        | {name: {str(key): text for key, text in told.items()} for name, told in spoken.items()},
    )


def _words(read: dict[str, list[Any]]) -> dict[str, Word]:
    return {name: Word(text, tuple(more)) for name, (text, *more) in read.items()}
