"""Characters that no text of a request may hold: they steer or hide what a person reads."""

import re
from collections.abc import Iterator

# Control characters but tab and newline; then what turns text round (exe.gpj) or is not to be
# seen: such a name looks like another's. U+200C and U+200D stay, as emoji and scripts need them.
REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# The same as JSON may write them; a first look at a body's bytes, mostly the only one.
SUSPECT = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe1\xa0\x8e"
    rb"|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]"
    rb"|\xf3\xa0[\x80\x81]|\\[bfru]"
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
