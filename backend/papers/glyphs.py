"""Which characters the font has: of what it lacks a paper must say so, not print an empty box."""

from bisect import bisect_right
from importlib.util import find_spec
from pathlib import Path
from struct import iter_unpack, unpack_from

COMMON = Path(__file__).parent / "fonts"
"""The common characters, made by `.ci/paper_fonts.py`; layouts name them before the whole font."""
_WHEEL = "manimgx_fonts_cjk"
_SUBSTITUTE = "〓"
"""The mark of Chinese printing for a character that is not in the case."""
_FORMAT = 12
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff") | {chr(c) for c in range(0xFE00, 0xFE10)}


def folder() -> Path:
    """Where the whole font lies: in its wheel, which holds nothing else."""
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(_WHEEL)
    return Path(spec.submodule_search_locations[0])


class Coverage:
    """The characters of the font, read from its table `cmap` (OpenType, format 12)."""

    def __init__(self, font: bytes) -> None:
        # All faces of the collection have the same characters.
        at = unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
        tables = unpack_from(">H", font, at + 4)[0]
        records = iter_unpack(">4sIII", font[at + 12 : at + 12 + 16 * tables])
        cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
        encodings = unpack_from(">H", font, cmap + 2)[0]
        offsets = [unpack_from(">I", font, cmap + 8 + 8 * each)[0] for each in range(encodings)]
        found = next(
            cmap + offset
            for offset in offsets
            if unpack_from(">H", font, cmap + offset)[0] == _FORMAT
        )
        groups = unpack_from(">I", font, found + 12)[0]
        spans = list(iter_unpack(">III", font[found + 16 : found + 16 + 12 * groups]))
        self._first = [first for first, _, _ in spans]
        self._last = [last for _, last, _ in spans]
        self._had: set[str] = set()

    def whole(self, text: str) -> bool:
        """Whether the font has all of the text, and nothing in it is invisible."""
        fresh = set(text) - self._had
        if not all(self.has(each) and each not in _INVISIBLE for each in fresh):
            return False
        # Characters come again and again; no more are kept than the font has.
        self._had |= fresh
        return True

    def has(self, character: str) -> bool:
        """Whether the font has the character."""
        code = ord(character)
        place = bisect_right(self._first, code) - 1
        return place >= 0 and code <= self._last[place]


def printable(text: str, coverage: Coverage, lacking: set[str]) -> str:
    """The text without what nobody sees; what the font lacks is marked, and added to `lacking`."""
    if coverage.whole(text):
        return text
    shown = []
    for character in text:
        if character in _INVISIBLE:
            continue
        if character != "\n" and not coverage.has(character):
            lacking.add(character)
            character = _SUBSTITUTE  # noqa: PLW2901 - what stands in its place
        shown.append(character)
    return "".join(shown)
