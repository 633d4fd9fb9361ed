"""Sentences of the city's files with names in braces, which values take the place of."""

from collections.abc import Iterator
from string import Formatter


def names(text: str) -> list[str]:
    """The names in braces of a text that has no fault."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def faults(text: str, known: frozenset[str]) -> Iterator[str]:
    """A sentence for whatever `str.format` would stumble over, given these names and no others."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        yield f"花括号不成对 / braces do not match: {error}"
        return
    for _, name, form, conversion in parts:
        if name in known and (form or conversion):
            reason = "花括号内只能有名称，不能有格式 / takes no format: write the name alone"
            yield f"{{{name}}} {reason}"
        elif name is not None and name not in known:
            can = ", ".join(f"{{{each}}}" for each in sorted(known)) or "无 / no name in braces"
            yield f"{{{name}}} 不会被替换，此处可用 / is not filled in; {can} can stand here"
