"""Days, names in braces and ids, as people write them and as nothing else is read."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from config import braces, encoding, ids
from config.days import Day, NearDay, day


class About(BaseModel):
    day: Day | None = None
    near: NearDay | None = None


@pytest.mark.parametrize("text", ["2026-10-20", "0001-01-01", "2024-02-29"])
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert day(text).isoformat() == text
    found = About.model_validate({"day": text})
    assert found.day == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "20261020", "2026-W43-2", "2026-10-2", "2026-10-20T00:00", " 2026-10-20"),
        *("2026-10-20\n", "2025-02-29", "2026-13-01", "0000-01-01", "２０２６-10-20", "2026/10/20"),
    ],
)
def test_no_other_text_is_a_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day(text)
    with pytest.raises(ValidationError) as refused:
        About.model_validate({"day": text})
    assert refused.value.errors()[0]["type"] == "date_parsing"


@pytest.mark.parametrize("value", [86400, 1.5, True, datetime(2026, 10, 20, tzinfo=UTC), [], b""])
def test_a_number_or_a_time_is_no_day(value: object) -> None:
    with pytest.raises(ValidationError):
        About.model_validate({"day": value})


def test_a_date_of_yaml_is_a_day() -> None:
    assert About(day=date(2026, 10, 20)).day == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1999-12-31", False),
        ("2000-01-01", True),
        ("2099-12-31", True),
        ("2100-01-01", False),
    ],
)
def test_an_office_has_days_that_a_calendar_reckons(text: str, *, taken: bool) -> None:
    if taken:
        assert About.model_validate({"near": text}).near == date.fromisoformat(text)
        return
    with pytest.raises(ValidationError):
        About.model_validate({"near": text})


KNOWN = frozenset({"item", "number"})
CAN = "{item}, {number} can stand here"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("没有括号", []),
        ("{item}已受理", ["item"]),
        ("{item}（{number}）{item}", ["item", "number", "item"]),
        ("{{item}}", []),
        ("{{{item}}}", ["item"]),
    ],
)
def test_the_names_in_braces_are_found_in_order(text: str, names: list[str]) -> None:
    assert braces.names(text) == names
    assert list(braces.faults(text, KNOWN)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{item", ["do not match"]),
        ("item}", ["do not match"]),
        ("{}", ["{} 不会被替换"]),
        ("{itme}", ["{itme} 不会被替换"]),
        ("{itme:>9}", ["{itme} 不会被替换"]),
        ("{0}", ["{0} 不会被替换"]),
        ("{item.name}", ["{item.name} 不会被替换"]),
        ("{item:>9}", ["{item} 花括号内只能有名称"]),
        ("{item!r}", ["{item} 花括号内只能有名称"]),
        ("{a}{item!s}{b}", ["{a} 不会被替换", "{item} 花括号内", "{b} 不会被替换"]),
    ],
)
def test_what_would_not_be_filled_in_is_told(text: str, said: list[str]) -> None:
    found = list(braces.faults(text, KNOWN))

    assert len(found) == len(said)
    for sentence, begins in zip(found, said, strict=True):
        assert begins in sentence
        assert ("不会被替换" in sentence) == (CAN in sentence)


def test_where_no_name_can_stand_that_is_said() -> None:
    [found] = braces.faults("{item}", frozenset())

    assert (
        found
        == "{item} 不会被替换，此处可用 / is not filled in; 无 / no name in braces can stand here"
    )


def test_an_id_is_made_of_its_text_or_its_bytes_and_is_like_any_other() -> None:
    known = UUID("0194f2a0-0000-7000-8000-000000000001")

    assert ids.made(str(known)) == ids.made(known.bytes) == known
    assert hash(ids.made(known.bytes)) == hash(known)
    assert encoding.dumps([known, ids.made(known.bytes)]) == f'["{known}","{known}"]'.encode()
    for bad in ("", "x", str(known)[:-1], b"", known.bytes[:-1]):
        with pytest.raises(ValueError, match=r".*"):
            ids.made(bad)


def test_what_is_no_json_is_refused_by_its_kind() -> None:
    with pytest.raises(TypeError):
        encoding.dumps({1, 2})
    assert encoding.loads(encoding.dumps({"a": [1, None, "王"]})) == {"a": [1, None, "王"]}
