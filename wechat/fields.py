"""The types of subscribe-message fields: WeChat rejects a misfit, it never shortens one.

A key is a type and a number: `thing1`, `character_string10`. Where WeChat's own limit is unclear,
the stricter reading stands here.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from wechat import moments

UNFIT = ""
"""What `fit` gives when nothing true can be said in a type, such as a date: do not send."""

KEY = re.compile(r"([a-z]+(?:_[a-z]+)*)([1-9]\d{0,2})")
EMOJI = re.compile(
    "[\U0001f000-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23fa"
    "\ufe00-\ufe0f\u200d\u20e3\U000e0000-\U000e007f]"
)
HAN = "\u4e00-\u9fff"


def _form(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).fullmatch


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """What a type accepts, in how many characters, how to bring a text nearer, and the last resort.

    `wide_limit` holds for a text with letters other than A to Z.
    """

    accepts: Callable[[str], object]
    limit: int
    wide_limit: int | None = None
    nearer: Callable[[str], str]
    ellipsis: str | None = None
    placeholder: str = UNFIT

    def limit_of(self, text: str) -> int:
        """How many characters (UTF-16 units, as the client counts) this text may have."""
        if self.wide_limit is None or text.isascii():
            return self.limit
        wide = any(letter.isalpha() and not letter.isascii() for letter in text)
        return self.wide_limit if wide else self.limit


def type_of(key: str) -> FieldType | None:
    """Find the type of a key such as `thing1`; None for `thing`, `thing1.DATA` or unknown types."""
    matched = KEY.fullmatch(key)
    return TYPES.get(matched[1]) if matched else None


def check(key: str, value: str) -> str | None:
    """Say why WeChat would reject `value`, in words that do not quote it; None if it fits."""
    field_type = type_of(key)
    if field_type is None:
        return "is of no known type"
    if not value.strip():
        return "is empty"
    if value != _plain(value):
        return "has emoji, control characters, or spaces that are doubled, wide or at an end"
    if _length(value) > field_type.limit_of(value):
        return f"is longer than {field_type.limit_of(value)}"
    if not field_type.accepts(value):
        return "is not in the form of its type"
    return None


def fit(key: str, value: str) -> str:
    """Bring `value` into the form of its type: cleaned, and shortened with an ellipsis if need be.

    What cannot be saved becomes the type's placeholder (`无`, `-`), or UNFIT where that would lie.
    """
    field_type = type_of(key)
    if field_type is None:
        return UNFIT
    text = field_type.nearer(_plain(value))
    if field_type.ellipsis is not None:
        text = _shortened(text, field_type.limit_of(text), field_type.ellipsis)
    return text if check(key, text) is None else field_type.placeholder


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _plain(text: str) -> str:
    """Drop emoji, turn control characters and line breaks into single spaces."""
    text = EMOJI.sub("", text)
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.split())


def _shortened(text: str, limit: int, ellipsis: str) -> str:
    """Cut at `limit` before a word or number rather than inside, if that leaves at least half."""
    if _length(text) <= limit:
        return text
    end = min(len(text), limit)
    while _length(text[:end]) > limit - len(ellipsis):
        end -= 1
    word = re.search(r"[0-9A-Za-z]+$", text[:end])
    if word and re.match("[0-9A-Za-z]", text[end:]) and word.start() * 2 >= end:
        end = word.start()
    return text[:end].rstrip(" ,.;:，、；：。-") + ellipsis


def _same(text: str) -> str:
    return text


def _halfwidth(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _compact(text: str) -> str:
    return re.sub(r"[\s,·]", "", _halfwidth(text))


def _ascii(text: str) -> str:
    return _plain(re.sub(r"[^\x20-\x7e]", "", _halfwidth(text)))


def _has_no_digit(text: str) -> bool:
    return not any(letter.isdigit() for letter in text)


def _without_digits(text: str) -> str:
    return _plain("".join(letter for letter in text if not letter.isdigit()))


def _han_only(text: str) -> str:
    return re.sub(f"[^{HAN}]", "", text)[:5]


THING = FieldType(accepts=bool, limit=20, nearer=_same, ellipsis="…", placeholder="无")
TYPES: dict[str, FieldType] = {
    "thing": THING,
    "short_thing": THING,
    "number": FieldType(
        accepts=_form(r"-?[0-9]{1,32}(\.[0-9]+)?"),
        limit=32,
        nearer=_compact,
    ),
    "letter": FieldType(
        accepts=_form("[A-Za-z]+"),
        limit=32,
        nearer=_halfwidth,
    ),
    "symbol": FieldType(
        accepts=_form(r"([^\w\s]|_)+"),
        limit=5,
        nearer=_same,
        placeholder="-",
    ),
    "character_string": FieldType(
        accepts=_form(r"[\x20-\x7e]+"),
        limit=32,
        nearer=_ascii,
        ellipsis="...",
        placeholder="-",
    ),
    "time": FieldType(
        accepts=moments.is_time,
        limit=64,
        nearer=moments.nearer,
    ),
    "date": FieldType(
        accepts=moments.is_date,
        limit=64,
        nearer=moments.nearer,
    ),
    "amount": FieldType(
        accepts=_form(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]+)?元?"),
        limit=32,
        nearer=_compact,
    ),
    "phone_number": FieldType(
        accepts=_form(r"[0-9+\-() ]*[0-9][0-9+\-() ]*"),
        limit=17,
        nearer=_halfwidth,
    ),
    "car_number": FieldType(
        accepts=_form(f"[{HAN}0-9A-Za-z][0-9A-Za-z]{{0,6}}[{HAN}0-9A-Za-z]"),
        limit=8,
        nearer=_compact,
    ),
    "name": FieldType(
        accepts=_has_no_digit,
        limit=20,
        wide_limit=10,
        nearer=_without_digits,
        ellipsis="…",
        placeholder="无",
    ),
    "phrase": FieldType(
        accepts=_form(f"[{HAN}]+"),
        limit=5,
        nearer=_han_only,
        placeholder="无",
    ),
    # Only WeChat's console knows the words of an enumeration.
    "enum_string": FieldType(accepts=bool, limit=20, nearer=_same),
}
