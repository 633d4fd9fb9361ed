"""The bodies of pushed messages, XML or JSON, as one kind of dict."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

BODY_LIMIT = 256 * 1024
DEPTH_LIMIT = 8
# Only a document that begins with its root can have no DOCTYPE, hence no entities and no bombs.
ROOT = re.compile(r"\s*(?:<\?xml[^<>]*\?>\s*)?<xml>")
WRAPPERS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")


class PushRefused(Exception):
    """Not a message from WeChat; the text is safe to log."""


def read(body: bytes) -> dict[str, Any]:
    """Parse a body of either format; raise PushRefused.

    Scalars become texts, `List` a list however many it holds, XML's event wrappers go away.
    """
    if len(body) > BODY_LIMIT:
        raise PushRefused("too large")
    try:
        text = body.decode()
        parsed = _xml(text) if text.lstrip().startswith("<") else json.loads(text)
    except (ValueError, RecursionError, ET.ParseError):
        parsed = None
    if not isinstance(parsed, dict):
        raise PushRefused("neither XML nor a JSON object")
    content: dict[str, Any] = _normal(parsed, DEPTH_LIMIT)
    for wrapper in WRAPPERS:
        if isinstance(content.get(wrapper), dict):
            content |= content.pop(wrapper)
    if "List" in content and not isinstance(content["List"], list):
        content["List"] = [content["List"]] if content["List"] else []
    return content


def _xml(text: str) -> object:
    if not ROOT.match(text):
        raise ValueError("unexpected root")
    return _element(ET.fromstring(text), DEPTH_LIMIT)  # noqa: S314 - see ROOT


def _element(element: ET.Element, depth: int) -> object:
    """Turn an element into its text, or a dict of its children where repeated names are a list."""
    if depth == 0:
        raise ValueError("too deep")
    if not len(element):
        return element.text or ""
    children: dict[str, list[Any]] = {}
    for child in element:
        value = _element(child, depth - 1)
        children.setdefault(child.tag, []).append(value)
    return {tag: values if len(values) > 1 else values[0] for tag, values in children.items()}


def _normal(value: object, depth: int) -> Any:
    if depth == 0:
        raise PushRefused("too deep")
    if isinstance(value, dict):
        return {str(name): _normal(inner, depth - 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_normal(inner, depth - 1) for inner in value]
    text = "" if value is None else str(value)
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PushRefused("not text")
    return text
