"""Characters of texts: which none may hold, how lines end, and whether there is any to be seen."""

import re
import unicodedata
from collections.abc import Iterator

_LAST_TWO = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
# Control characters but tab and newline; then what turns text round (exe.gpj) or is not to be
# seen: such a name looks like another's; then what Unicode says is no character at all.
# U+200C and U+200D stay, as emoji and scripts need them.
REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    f"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ufdd0-\ufdef{_LAST_TWO}]"
)
# The same as JSON may write them; a first look at a body's bytes, mostly the only one. A set of
# first bytes is looked for many times as fast as a choice of patterns.
SUSPECT = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xc2\xd8\xe1\xe2\xef\xf0-\xf4\\]"
    rb"(?:(?<=[\x00-\x1f\x7f])|(?<=\xc2)[\x80-\x9f\xad]|(?<=\xd8)\x9c|(?<=\xe1)\xa0\x8e"
    rb"|(?<=\xe2)(?:\x80[\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0-\xaf])"
    rb"|(?<=\xef)(?:\xbb\xbf|\xbf[\xb9-\xbb\xbe\xbf]|\xb7[\x90-\xaf])"
    rb"|(?<=\xf3)\xa0[\x80\x81]|(?<=[\xf0-\xf4]).\xbf[\xbe\xbf]|(?<=\\)[bfru])",
    re.DOTALL,
)
# An escaped CR with the LF after it, if any; each other escape whole, so that `\\\\r` is none.
_LINE_END = re.compile(rb"\\(?:(r|u000[dD])(?:\\(?:n|u000[aA]))?|.)", re.DOTALL)
# Of these categories a text shows nothing: controls, formats, separators, marks without a letter.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
# Letters and symbols that are drawn as nothing, and unassigned ones that must be: the rest of
# Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt.
_BLANK = re.compile(
    "[\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U00013441\U00013442\U0001d159"
    "\U000e0000-\U000e0fff]"
)


def places(value: object, at: str = "") -> Iterator[str]:
    """Where in decoded JSON a refused character stands, as dotted names; "" for the top."""
    if isinstance(value, str):
        if REFUSED.search(value):
            yield at
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, f"{at}.{number}" if at else str(number))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if REFUSED.search(name):
                yield at
            yield from places(inner, f"{at}.{name}" if at else name)


def with_newlines(raw: bytes) -> bytes:
    """A body of JSON in whose texts lines end in LF alone: CR LF and CR are what Windows sends."""
    return _LINE_END.sub(lambda found: rb"\n" if found[1] else found[0], raw)


def visible(text: str) -> bool:
    """Whether a reader sees anything at all: of blanks, fillers and lone marks they don't."""
    return any(
        unicodedata.category(character) not in _UNSEEN
        and not _BLANK.match(character)
        and not REFUSED.match(character)
        for character in text
    )
