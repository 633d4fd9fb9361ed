"""The field types of subscribe messages, as strictly as WeChat takes them (wechat.md 4.3)."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date as Date  # noqa: N812 - `date` is the name of a field type here

from sandbox import templates
from sandbox.options import Options
from sandbox.templates import Template

HAN = "\u4e00-\u9fff"
THING_MAX = 20
SYMBOLS_MAX = 5
NUMBER_MAX = 32
NAME_HAN_MAX, NAME_MAX = 10, 20
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u20e3]")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
DATES = (
    re.compile(r"(?P<y>[0-9]{4})年(?P<m>[0-9]{1,2})月(?:(?P<d>[0-9]{1,2})日)?"),
    re.compile(r"(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"),
    re.compile(r"(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?:(?P=s)(?P<d>[0-9]{1,2}))?"),
    re.compile(r"(?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"),
)
LEAP_YEAR = 2024
PATTERNS = {
    "number": re.compile(r"-?[0-9]{1,32}(\.[0-9]+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "amount": re.compile(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]+)?元?"),
    "phone_number": re.compile(r"[0-9+\-() ]{1,17}"),
    "car_number": re.compile(rf"[{HAN}A-Za-z0-9][A-Za-z0-9]{{0,6}}[{HAN}A-Za-z0-9]?"),
    "phrase": re.compile(rf"[{HAN}]{{1,5}}"),
}


def valid(template: Template, key: str, value: str, options: Options) -> bool:
    """Tell whether WeChat takes `value`, which is not empty, under `key` of the template."""
    kind = templates.kind(key)
    if kind.startswith("enum"):
        return value in template.enums.get(key, ())
    if _has_control(value):
        return False
    if kind in PATTERNS:
        fits = PATTERNS[kind].fullmatch(value) is not None
        return fits and (kind != "number" or len(value) <= NUMBER_MAX)
    return CHECKS[kind](value, options)


def _has_control(value: str) -> bool:
    return any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in value)


def _thing(value: str, options: Options) -> bool:
    if options.emoji_in_thing == "refuse" and EMOJI.search(value):
        return False
    utf16 = options.thing_counts == "utf16"
    return (len(value.encode("utf-16-le")) // 2 if utf16 else len(value)) <= THING_MAX


def _symbol(value: str, _: Options) -> bool:
    return len(value) <= SYMBOLS_MAX and not any(letter.isalnum() for letter in value)


def _name(value: str, _: Options) -> bool:
    chinese = re.search(f"[{HAN}]", value) is not None
    digits = any(letter.isdigit() for letter in value)
    return not digits and len(value) <= (NAME_HAN_MAX if chinese else NAME_MAX)


def _time(value: str, options: Options) -> bool:
    strict = options.date_only_time == "refuse"
    return all(_moment(part, date=False, time=strict) for part in _range(value))


def _date(value: str, _: Options) -> bool:
    return all(_moment(part, date=True, time=False) for part in _range(value))


def _range(value: str) -> list[str]:
    # Only U+007E separates: the fullwidth form stays in its part and fails there.
    parts = [part.strip() for part in value.split("~")]
    return parts if len(parts) <= 2 else [""]  # noqa: PLR2004 - a range has two ends


def _moment(part: str, *, date: bool, time: bool) -> bool:
    """Tell whether `part` is a date, a time or both; `date` and `time` say which must be there."""
    if CLOCK.fullmatch(part):
        return not date
    for form in DATES:
        match = form.match(part)
        if match is None or not _exists(match.groupdict()):
            continue
        rest = part[match.end() :]
        parted = rest[:1].isspace() or match[0].endswith("日")
        if (parted and CLOCK.fullmatch(rest.strip())) if rest else not time:
            return True
    return False


def _exists(found: dict[str, str | None]) -> bool:
    try:
        Date(int(found.get("y") or LEAP_YEAR), int(found["m"] or 0), int(found["d"] or 1))
    except ValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str, Options], bool]] = {
    "thing": _thing,
    "short_thing": _thing,
    "symbol": _symbol,
    "time": _time,
    "date": _date,
    "name": _name,
}
