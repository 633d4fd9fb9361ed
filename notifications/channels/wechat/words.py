"""The fields of a subscribe message: a change's words filled in, and whether WeChat takes them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from config import braces
from config.scrubbing import masked
from notifications.channels.wechat.templates import Template
from wechat import fields


def filled(texts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The fields with the names in braces filled in, as WeChat takes them."""
    return {
        key: _fit(key, text.format_map(values))
        if key.startswith("thing")
        else text.format_map(values)
        for key, text in texts.items()
    }


def faults(
    name: str,
    texts: Mapping[str, str],
    templates: Mapping[str, Template],
    samples: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """What WeChat would refuse of the fields of this template: the place, and why.

    The texts are tried with `samples` of the names in braces. With no templates, whether they have
    it is not looked at.
    """
    for key, text in texts.items():
        if any(braces.faults(text, frozenset(samples))):
            continue  # told of its braces, and cannot be filled in
        value = filled({key: text}, samples)[key] if "{" in text else text
        if reason := fields.check(key, value):
            yield f"fields.{key}", f"微信不会接受 / {reason}"
    if not templates:
        return
    template = templates.get(name)
    if template is None:
        yield "template", f"没有模板 / there is no template {name}"
    elif texts.keys() != template.keys.keys():
        yield (
            "fields",
            f"与模板不符 / template {name} has the fields {', '.join(template.keys)}",
        )


def refused(data: Mapping[str, str]) -> str | None:
    """The key of the first value that WeChat would not take, or that nobody else should read."""
    for key, value in data.items():
        if fields.check(key, value) or masked(value) != value:
            return key
    return None


@lru_cache(maxsize=4096)
def _fit(key: str, text: str) -> str:
    """Shorten names of items and offices: they come again and again, the rest fits as made."""
    return fields.fit(key, text)
