"""The mini-program's subscribe-message templates: our name, WeChat's id, one-time or long-term."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config
from config.settings import SettingsError, settings

DATA = Path(config.__file__).with_name("data") / "templates.yaml"


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


@cache
def templates() -> dict[str, Template]:
    """Every template by our name, from settings().wechat_templates_file or the sandbox's list.

    Raises SettingsError for a file of another form, OSError for one that cannot be read.
    """
    file = Path(settings().wechat_templates_file or DATA)
    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {row["name"]: _template(row) for row in rows}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(
            f"YIKOU_WECHAT_TEMPLATES_FILE: {file} is not a list of templates: {reason}."
        ) from error


@cache
def by_id() -> dict[str, Template]:
    """Every template by WeChat's id."""
    return {template.id: template for template in templates().values()}


@cache
def long_term() -> tuple[str, ...]:
    """Names of the templates that need no credit."""
    return tuple(each.name for each in templates().values() if each.consent is Consent.LONG_TERM)


def _template(row: dict[str, Any]) -> Template:
    return Template(
        name=row["name"],
        id=row["id"],
        title=row["title"],
        consent=Consent(row["type"]),
        keys={
            key: given["label"] if isinstance(given, dict) else given
            for key, given in row["keys"].items()
        },
    )
