import json
import sys
from collections.abc import Iterator
from itertools import chain

import pytest

from config import characters

NONCHARACTERS = [
    *map(chr, range(0xFDD0, 0xFDF0)),
    *(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)),
]
# Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt.
IGNORABLE = [
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
]


@pytest.mark.parametrize("text", ["\x00", "\x07", "\x0b", "\x7f", "\x85", "\u200b", "\u202e"])
def test_what_steers_or_hides_is_refused(text: str) -> None:
    assert list(characters.places({"a": [f"x{text}"]})) == ["a.0"]


def test_noncharacters_are_refused_in_every_plane() -> None:
    assert len(NONCHARACTERS) == 66
    for one in NONCHARACTERS:
        assert list(characters.places(one)) == [""], hex(ord(one))


@pytest.mark.parametrize("text", ["\t\n", "❤️", "👨‍👩‍👧", "می‌خواهم", "葛󠄀", "\ue863", "𠮷"])
def test_what_emoji_scripts_and_rare_names_need_passes(text: str) -> None:
    assert not list(characters.places(text))


def everything() -> Iterator[str]:
    """Every character but the halves of pairs."""
    yield from map(chr, chain(range(0xD800), range(0xE000, sys.maxunicode + 1)))


def test_no_refused_character_escapes_the_first_look_however_it_is_written() -> None:
    for one in characters.REFUSED.findall("".join(everything())):
        written = json.dumps(one, ensure_ascii=False), json.dumps(one)
        for body in written:
            assert characters.SUSPECT.search(body.encode()), hex(ord(one))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"a\r\nb"', "a\nb"),
        (r'"a\rb"', "a\nb"),
        (r'"a\u000D\u000ab\u000d"', "a\nb\n"),
        (r'"\r\r\n\n\r"', "\n\n\n\n"),
        (r'"C:\\repo\\r\\n"', r"C:\repo\r\n"),
        (r'"\\\r\n\\"', "\\\n\\"),
        (r'"\"\r\""', '"\n"'),
        ('{"a":\r\n[1,\r2]}', {"a": [1, 2]}),
    ],
)
def test_one_kind_of_line_end_is_kept(written: str, read: object) -> None:
    assert json.loads(characters.with_newlines(written.encode())) == read


@pytest.mark.parametrize("text", ["王", "a", "。", "❤️", "é", "\n x", "\ue863", "𠮷", "ཀ"])
def test_what_can_be_read_is_visible(text: str) -> None:
    assert characters.visible(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " \t\n", "\u3000\xa0\u2003", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\ufe0f"),
        *("\u034f", "\u200d\u200c", "\u17b4", "\u180b", "\U000e0100", "\ufff0", "\U0001d159"),
        *("\U00013441", "\u0301", "\uffff", "\u3164\u2800\ufe0f \u034f"),
    ],
)
def test_what_nobody_can_see_is_not_visible(text: str) -> None:
    assert not characters.visible(text)


def test_nothing_that_unicode_calls_ignorable_or_a_space_is_visible() -> None:
    for first, last in IGNORABLE:
        for point in range(first, last + 1):
            assert not characters.visible(chr(point)), hex(point)
    assert not any(characters.visible(one) for one in everything() if one.isspace())
