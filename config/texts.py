"""The texts of the city's data files: what each must be, and what none may hold."""

import re
from typing import Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from config import characters

_BREAK = re.compile(r"[\t\n]")
_ENGLISH = re.compile(r"[!-~]+(?: [!-~]+)*")
# CR is left to whoever splits lines: it is how Windows ends them.
_REFUSED = re.compile(rf"(?!\r){characters.REFUSED.pattern}")


def visible(text: str) -> str:
    """The text; refused as blank if a reader sees nothing of it."""
    if not characters.visible(text):
        raise PydanticCustomError("blank", "nothing to be seen")
    return text


def _on_one_line(text: str) -> str:
    if _BREAK.search(text):
        raise PydanticCustomError("one_line", "a tab or line break")
    return visible(text)


def _in_english(text: str) -> str:
    if not _ENGLISH.fullmatch(text):
        raise PydanticCustomError("english", "not plain English")
    return text


def _unlike(entries: list[Any]) -> list[Any]:
    for number, each in enumerate(entries):
        if each in entries[:number]:
            raise PydanticCustomError("twice", "an entry of before", {"value": str(each)})
    return entries


VISIBLE = AfterValidator(visible)
"""Marks a text that must be there, on as many lines as it likes."""
ONE_LINE = AfterValidator(_on_one_line)
"""Marks a name or title: it must be there, and on one line."""
ENGLISH = AfterValidator(_in_english)
"""Marks a text in English: printable ASCII, words one blank apart."""

UNLIKE = AfterValidator(_unlike)
"""Marks a list whose entries are names: none of them twice."""


def cleaned(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A file's text without the refused characters, and for each line that held one what to say.

    So the rest of the file is read, and its other faults are told with these.
    """
    found: dict[int, str] = {}
    line, seen = 1, 0
    for each in _REFUSED.finditer(text):
        line += text.count("\n", seen, each.start())
        seen = each.start()
        found.setdefault(line, refusal(each[0]))
    return (_REFUSED.sub("", text) if found else text), list(found.items())


def refusal(text: str) -> str:
    """What is said of a text that holds a refused character; the first is named."""
    found = characters.REFUSED.search(text)
    name = f"U+{ord(found[0]):04X}" if found else ""
    return f"含有看不见的字符 {name}，请删去 / holds {name}, which cannot be seen: remove it"
