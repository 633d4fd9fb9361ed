"""The subscribe-message templates of the mini program, read from the deployment's YAML list."""

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from config.settings import SettingsError

ONE_TIME, LONG_TERM = 2, 3
KEY = re.compile(r"^([a-z_]+?)_?\d+$")


@dataclass(frozen=True)
class Template:
    """A template with its keys in order; `enums` holds the allowed values of enum keys."""

    id: str
    name: str
    title: str
    type: int
    labels: dict[str, str]
    enums: dict[str, tuple[str, ...]]

    @property
    def content(self) -> str:
        """The text as gettemplate shows it, `标签:{{thing1.DATA}}` per line."""
        return "".join(f"{label}:{{{{{key}.DATA}}}}\n" for key, label in self.labels.items())


def kind(key: str) -> str:
    """Return the field type in a key: `character_string10` is a `character_string`."""
    match = KEY.match(key)
    if match is None:
        raise ValueError(f"{key!r} is not a template key: a type and a number, such as thing1.")
    return match[1]


def load(file: str = "") -> dict[str, Template]:
    """Read the templates by id from `file`, or from the list that comes with the project.

    Raises SettingsError for a file of another form, OSError for one that cannot be read.
    """
    source = Path(file) if file else resources.files("config") / "data" / "templates.yaml"
    try:
        rows = yaml.load(source.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return {row["id"]: _template(row) for row in rows}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{source} is not a list of templates: {reason}.") from error


def gettemplate_row(template: Template) -> dict[str, Any]:
    """Write one entry of gettemplate's `data`."""
    return {
        "priTmplId": template.id,
        "title": template.title,
        "content": template.content,
        "example": template.content.replace("{{", "").replace(".DATA}}", ""),
        "type": template.type,
        "keywordEnumValueList": [
            {"keywordCode": key, "enumValueList": list(values)}
            for key, values in template.enums.items()
        ],
    }


def _template(row: dict[str, Any]) -> Template:
    labels, enums = {}, {}
    for key, given in row["keys"].items():
        kind(key)
        labels[key] = given["label"] if isinstance(given, dict) else str(given)
        if isinstance(given, dict) and "values" in given:
            enums[key] = tuple(given["values"])
    return Template(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        type=row["type"],
        labels=labels,
        enums=enums,
    )
