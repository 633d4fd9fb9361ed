"""The page behind each problem's `type`: what every code means, and which endpoints give it."""

import re
from collections.abc import Sequence
from html import escape

from backend.errors import ServiceError
from backend.http.openapi import refusals
from backend.http.openapi.words import words
from backend.http.spec import Spec
from miniprogram_api import frame

_PARAMETER = re.compile(r"<(\w+)[^>]*>")


def page(specs: Sequence[Spec]) -> bytes:
    """The HTML page; a code's anchor is the code itself."""
    sections = []
    for status, listed in refusals.by_status(refusals.all_of(specs)):
        sections.append(f"<h2>{status} {words().statuses[status]}</h2>")
        sections += [_section(refusal, specs) for refusal in listed]
    return frame.page("problems", title="错误代码", sections="\n".join(sections))


def _section(refusal: type[ServiceError], specs: Sequence[Spec]) -> str:
    code = refusal.code
    return (
        f'<article id="{code}"><h3><code>{code}</code></h3><p>{escape(refusal.advice)}</p>'
        f"{_where(refusal, specs)}</article>"
    )


def _where(refusal: type[ServiceError], specs: Sequence[Spec]) -> str:
    links = " ".join(_link(spec) for spec in specs if refusal in spec.errors)
    return f'<p class="where">{links}</p>' if links else ""


def _link(spec: Spec) -> str:
    path = _PARAMETER.sub(r"{\1}", spec.path)
    return f'<a href="/docs#{spec.name}">{spec.method} {path}</a>'
