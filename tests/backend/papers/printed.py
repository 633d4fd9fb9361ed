"""What stands on a paper: the text of a PDF, by the tables that its fonts carry for copying."""

import io
import re
from collections.abc import Iterator

import pikepdf

_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def opened(pdf: bytes) -> pikepdf.Pdf:
    """The PDF, to look into."""
    return pikepdf.open(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    """All that can be copied from the PDF, without blanks and line ends."""
    with opened(pdf) as document:
        return "".join("".join("".join(_of_page(page)) for page in document.pages).split())


def _of_page(page: pikepdf.Page) -> Iterator[str]:
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    font: dict[int, str] = {}
    for found in pikepdf.parse_content_stream(page):
        if not isinstance(found, pikepdf.ContentStreamInstruction):
            continue
        operands, operator = found.operands, found.operator
        if str(operator) == "Tf":
            font = fonts[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    codes = bytes(piece)
                    yield from (
                        font.get(int.from_bytes(codes[at : at + 2]), "")
                        for at in range(0, len(codes), 2)
                    )


def _letters(font: pikepdf.Object) -> dict[int, str]:
    table = font["/ToUnicode"].read_bytes()
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, to in _RANGE.findall(block):
            start = int.from_bytes(bytes.fromhex(to.decode()))
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = chr(start + step)
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, to in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(to.decode()).decode("utf-16-be")
    return found
