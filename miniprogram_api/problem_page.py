"""The page behind each problem's `type`: what every code means, and which endpoints give it."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

import yaml

from backend.http.openapi import words as described
from backend.http.routes import Spec
from miniprogram_api import frame

_HERE = Path(__file__)
WORDS = _HERE.with_name("problems.yaml")
_PARAMETER = re.compile(r"<(\w+)[^>]*>")


def words() -> dict[int, dict[str, str]]:
    """What each code means, in Chinese, by HTTP status; a code may have two."""
    found: dict[int, dict[str, str]] = yaml.load(
        WORDS.read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    return found


def page(specs: Sequence[Spec]) -> bytes:
    """The HTML page; a code's anchor is the code itself, at its first status."""
    anchored: set[str] = set()
    sections = []
    for status, codes in words().items():
        sections.append(f"<h2>{status} {described.words().statuses[status]}</h2>")
        for code, text in codes.items():
            anchor = "" if code in anchored else f' id="{code}"'
            anchored.add(code)
            sections.append(
                f"<article{anchor}><h3><code>{code}</code></h3><p>{escape(text)}</p>"
                f"{_where(code, specs)}</article>"
            )
    return frame.page("problems", title="错误代码", sections="\n".join(sections))


def _where(code: str, specs: Sequence[Spec]) -> str:
    links = " ".join(_link(spec) for spec in specs if code in spec.errors)
    return f'<p class="where">{links}</p>' if links else ""


def _link(spec: Spec) -> str:
    path = _PARAMETER.sub(r"{\1}", spec.path)
    return f'<a href="/docs#{spec.name}">{spec.method} {path}</a>'
