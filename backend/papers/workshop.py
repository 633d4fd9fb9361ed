"""`python -m backend.papers.workshop`: draws papers for a web process.

Content comes in on standard input, the PDF goes out on standard output. No other process loads the
typesetter and its font, about 145 MB in all. What it draws depends on nothing but content and
layout: the same two always make the same bytes.
"""

import json
import logging
import re
import signal
import sys
from functools import cache
from typing import Any, Literal

import segno
import typst

from backend.files.pieces import receive, send
from backend.papers import glyphs, wording
from backend.papers.glyphs import Coverage

# PDF/A for the archive (GB/T 42727), PDF/UA for screen readers.
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]

_SVG = "http://www.w3.org/2000/svg"
_DARK = re.compile(b"\x01+")


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # without it there is nobody to tell anything
    logging.disable()
    while (asked := receive(sys.stdin.buffer)) is not None:
        given = json.loads(asked)
        try:
            pdf = drawn(given["content"], given["layout"])
        except (typst.TypstError, OSError) as error:
            # What the typesetter says names lines of the layout, not what the paper says.
            told, pdf = {"failed": str(error)[:500]}, b""
        else:
            told = {}
        send(sys.stdout.buffer, json.dumps(told).encode())
        send(sys.stdout.buffer, pdf)


def drawn(content: dict[str, Any], layout: int) -> bytes:
    """The PDF of a paper; raises TypstError for a layout that does not fit its content."""
    lacking: set[str] = set()
    shown = _printable(content, lacking)
    shown["note"] = _note(content["missing"], lacking)
    shown["verify"]["qr"] = _picture(content["verify"]["url"])
    pdf = _compiler().compile(
        _layout(layout),
        format="pdf",
        sys_inputs={"paper": json.dumps(shown, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=0,  # of the making; the paper's own date is the layout's to say
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a PDF is one file")
    return pdf


def _printable(value: Any, lacking: set[str]) -> Any:
    if isinstance(value, str):
        return glyphs.printable(value, _coverage(), lacking)
    if isinstance(value, list):
        return [_printable(each, lacking) for each in value]
    if isinstance(value, dict):
        return {name: _printable(each, lacking) for name, each in value.items()}
    return value


def _note(text: str, lacking: set[str]) -> str:
    if not lacking:
        return ""
    return text.format(characters="、".join(f"U+{ord(each):04X}" for each in sorted(lacking)))


def _picture(url: str) -> str:
    # Any mask can be read; to find the best of eight takes longer than to set the paper.
    code = segno.make(url, error="m", micro=False, mask=4)
    # A stroke for each run of dark modules; segno's own picture takes three times as long.
    strokes = "".join(
        f"M{run.start()} {y}.5h{len(run[0])}"
        for y, row in enumerate(code.matrix)
        for run in _DARK.finditer(row)
    )
    side = len(code.matrix)
    return (
        f'<svg xmlns="{_SVG}" viewBox="0 0 {side} {side}"><path d="{strokes}" stroke="#000"/></svg>'
    )


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[glyphs.COMMON, glyphs.folder()],
    )
    # Nothing beside the layout can be read: its root is a folder that holds only the font.
    return typst.Compiler(root=glyphs.folder(), font_paths=fonts)


@cache
def _layout(number: int) -> bytes:
    return wording.layout_file(number).read_bytes()


@cache
def _coverage() -> Coverage:
    (font,) = glyphs.folder().glob("*.ttc")
    return Coverage(font.read_bytes())


if __name__ == "__main__":
    main()
