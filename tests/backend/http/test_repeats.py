"""A name that stands twice in an object of a body is found, wherever it is and however written."""

import pytest

from backend.http.repeats import repeated


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'{"a": 1, "b": 2, "a": 1}', "a"),
        (b'{"a": 1, "b": 2, "c": 3, "b": 2}', "b"),
        (b'{"a": {"b": [{"c": 1, "c": 2}]}}', "c"),
        (b'[{"a": 1}, {"b": {}, "b": {}}]', "b"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        ('{"名": 1, "\\u540d": 2}'.encode(), "名"),
        (b'{"": 1, "": 2}', ""),
    ],
)
def test_a_name_given_twice_is_found(raw: bytes, name: str) -> None:
    assert repeated(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        b"1",
        b'"a"',
        b'{"a": "a", "A": "a"}',
        b'[{"a": 1}, {"a": 2}]',
        b'{"a": {"a": {"a": null}}}',
        b'{"a": "{\\"b\\": 1, \\"b\\": 2}"}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": 1e999}',
    ],
)
def test_a_name_in_several_objects_is_none(raw: bytes) -> None:
    assert repeated(raw) is None
