"""The mini-program's subscribe-message templates: our name, WeChat's id, one-time or long-term."""

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from config import sources
from config.settings import SettingsError, as_far_as_sound
from config.sources import BadRow, Entries, Row, line_of, read_yaml, shown, take
from config.texts import ONE_LINE
from wechat.fields import type_of


class Consent(IntEnum):
    """What an accepting tap is worth; the values are WeChat's `type`."""

    ONE_TIME = 2
    LONG_TERM = 3


@dataclass(frozen=True, slots=True)
class Template:
    """A template; `keys` are WeChat's field names such as thing1, with the label on the phone."""

    name: str
    id: str
    title: str
    consent: Consent
    keys: dict[str, str]


class _Key(Row):
    label: Annotated[str, ONE_LINE]
    values: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def told(cls, given: object) -> object:
        """A text alone is the label."""
        return {"label": given} if isinstance(given, str) else given


class _Row(Row):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")]
    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    title: Annotated[str, Field(min_length=1), ONE_LINE]
    type: Consent
    keys: Annotated[dict[str, _Key], Field(min_length=1)]


def path() -> Path:
    """The file of settings().wechat_templates_file, or the sandbox's list."""
    own = as_far_as_sound().wechat_templates_file
    return Path(own) if own else sources.find("templates.yaml")


@cache
def templates() -> dict[str, Template]:
    """Every template by our name; raises SettingsError that names each bad row."""
    bad: list[BadRow] = []
    found = read(bad)
    if bad:
        raise SettingsError("\n".join(map(str, bad)))
    return found


def read(bad: list[BadRow]) -> dict[str, Template]:
    """The good templates by our name; never stops at a bad row."""
    file = path()
    entries = read_yaml(file, bad, Entries, filled=True)
    found: dict[str, Template] = {}
    for number, content in enumerate(entries):
        at = BadRow(shown(file), f"template {number + 1}", "", line_of(entries, [number]))
        row = take(_Row, content, at=at, bad=bad)
        if row is None:
            continue
        faults = [
            f"keys.{key}: 不是微信的字段类型 / is of no known type"
            for key in row.keys
            if not type_of(key)
        ]
        if row.name in found or row.id in {each.id for each in found.values()}:
            faults.append("name 或 id 重复 / the name or the id is given twice")
        bad += [replace(at, reason=fault) for fault in faults]
        labels = {name: key.label for name, key in row.keys.items()}
        found[row.name] = Template(row.name, row.id, row.title, row.type, labels)
    return found


@cache
def by_id() -> dict[str, Template]:
    """Every template by WeChat's id."""
    return {template.id: template for template in templates().values()}


@cache
def long_term() -> tuple[str, ...]:
    """Names of the templates that need no credit."""
    return tuple(each.name for each in templates().values() if each.consent is Consent.LONG_TERM)
