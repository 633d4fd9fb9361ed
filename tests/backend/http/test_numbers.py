"""Numbers of a body are what was written, or are told."""

import pytest

from backend.http import numbers

LOST = [
    "0.30000000000000000000001",
    "99999999.990000000001",
    "9007199254740993.0",
    "1e-400",
    "-1E-400",
    "1e400",
    "1e-99999999999999999999",
    "1234567890123456789e0",
    "18446744073709551616",
    "-9223372036854775809",
    "1" + "0" * 5000,
]
KEPT = [
    "0",
    "0.3",
    "-0.0",
    "0e5",
    "8e2",
    "800.00000000000000000000",
    "0.30000000000000004",
    "1.7976931348623157e308",
    "9007199254740993",
    "18446744073709551615",
    "-9223372036854775808",
]


def told(written: str) -> list[str]:
    body = f'{{"form": {{"a": [1, {{"b":{written}}}]}}, "c": "{written}"}}'.encode()
    return numbers.places(body) if numbers.suspect(body) else []


@pytest.mark.parametrize("written", LOST)
def test_a_number_that_cannot_be_kept_is_told_with_its_place(written: str) -> None:
    assert told(written) == ["form.a.1.b"]


@pytest.mark.parametrize("written", KEPT)
def test_a_number_that_stays_what_it_is_is_none(written: str) -> None:
    assert told(written) == []


def test_a_number_alone_stands_at_the_top() -> None:
    assert numbers.suspect(b"1e-400")
    assert numbers.places(b"1e-400") == [""]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"1e", b"[" * 20_000])
def test_what_is_no_json_is_told_by_others(raw: bytes) -> None:
    assert numbers.places(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"id_number": "210102199001011234", "file_id": "0190a7e3-5e41-7e10-8e21-1e5e9e0e1e2e"}',
        b'{"area": 56.125, "total": 99999999.99}',
    ],
)
def test_an_ordinary_body_is_not_read_twice(raw: bytes) -> None:
    assert not numbers.suspect(raw)
