"""The page that says of a paper what it is and whether it counts: plain HTML, nothing to run."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from string import Template
from typing import Literal

from miniprogram_api.frame import FOLDER

_TITLE = "文书核验 · 一口办"
_MARKS = {"valid": "✓", "revoked": "✕", "unknown": "?"}
Look = Literal["valid", "revoked", "unknown"]


def page(result: str = "", *, code: str = "") -> bytes:
    """The page with a result, and the form to check another code."""
    given = {"title": _TITLE, "style": _style(), "result": result, "code": escape(code)}
    return _template().substitute(given).encode()


def section(
    look: Look, heading: str, *, facts: Sequence[tuple[str, str]] = (), digest: str = ""
) -> str:
    """What was found: a heading in its colour, and each fact with what it is called."""
    rows = [f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in facts]
    if digest:
        rows.append(f'<div><dt>电子文件 SHA-256</dt><dd class="digest">{escape(digest)}</dd></div>')
    listed = f"<dl>{''.join(rows)}</dl>" if rows else ""
    return (
        f'<section class="{look}" role="status"><h2><span aria-hidden="true">{_MARKS[look]}</span>'
        f"{escape(heading)}</h2>{listed}</section>"
    )


def note(look: Look, heading: str, text: str) -> str:
    """The same with a sentence in place of facts."""
    return section(look, heading).replace("</section>", f"<p>{escape(text)}</p></section>")


@cache
def policy() -> str:
    """Nothing runs in the page, nothing comes from elsewhere, and its form asks us only."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return (FOLDER / "verify.css").read_text(encoding="utf-8").strip()


@cache
def _template() -> Template:
    return Template((FOLDER / "verify.html").read_text(encoding="utf-8").strip())
