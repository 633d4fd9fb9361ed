"""Which dotted names lead to something in a form."""

from functools import cache

import pytest

from backend.catalogue import forms
from tests.backend.catalogue.examples import items, version
from tests.backend.catalogue.test_forms import example, faults
from tests.backend.catalogue.test_layouts import fields_of

HOUSEHOLD = "SP-MZ-001"


@cache
def places(code: str) -> frozenset[str]:
    """Each path of the layout and what it leads through, and the entries of lists of choices."""
    found = set()
    for field in fields_of(code):
        parts = field["path"].split(".") + ["*"] * (field["widget"] in {"choices", "list"})
        found |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return frozenset(found)


def test_a_form_asks_for_each_path_of_its_layout_and_for_none_of_other_forms() -> None:
    everywhere = frozenset().union(*map(places, items()))
    for code in items():
        assert {path for path in everywhere if forms.asks(version(code), path)} == places(code)


def test_a_form_asks_for_nothing_beside_a_path() -> None:
    for code in items():
        paths = places(code)
        beside = {
            name
            for path in paths
            for name in (
                f"form.{path}",
                f".{path}",
                f"{path}.",
                f"{path} ",
                f"{path}.nope",
                f"{path}.title",
                f"{path}.type",
                path.upper(),
                path.replace(".", "/"),
            )
        }
        found = {name for name in beside - paths if forms.asks(version(code), name)}
        assert not found, code


def test_a_request_takes_the_length_of_every_path() -> None:
    assert max(len(path) for code in items() for path in places(code)) <= 100


def test_the_name_of_a_fault_in_a_list_is_a_field() -> None:
    form = example(HOUSEHOLD)
    form["household"]["members"] = [{"name": ""}]

    named = faults(HOUSEHOLD, form)

    assert "household.members.0.name" in named
    assert all(forms.asks(version(HOUSEHOLD), name) for name in named)


@pytest.mark.parametrize("entry", ["0", "19", "*"])
def test_a_list_has_entries_up_to_its_limit(entry: str) -> None:
    assert forms.asks(version(HOUSEHOLD), f"household.members.{entry}")
    assert forms.asks(version(HOUSEHOLD), f"household.members.{entry}.name")


@pytest.mark.parametrize("entry", ["20", "-1", "00", "１", "²", "", "name"])
def test_no_other_part_names_an_entry(entry: str) -> None:
    assert not forms.asks(version(HOUSEHOLD), f"household.members.{entry}")
    assert not forms.asks(version(HOUSEHOLD), f"household.members.{entry}.name")
