"""Checking the papers of applications against those of the item."""

from uuid import UUID

import pytest

from backend.catalogue import forms
from backend.errors import Invalid
from tests.backend.catalogue.examples import version

FILE = UUID(int=7)


def test_required_papers_must_be_there() -> None:
    given = [("id_card", FILE)]

    with pytest.raises(Invalid) as refused:
        forms.check_materials(version("SP-MZ-001"), given, {})

    assert refused.value.code == "material_missing"
    assert [fault.name for fault in refused.value.invalid_params] == [
        "materials.household_register",
        "materials.economic_check_authorisation",
    ]
    assert "居民户口簿" in refused.value.detail


def test_an_agent_brings_a_written_authority() -> None:
    item = version("SP-MZ-010")
    given = [(m["code"], FILE) for m in item.materials if m["required"]]

    forms.check_materials(item, given, {})
    with pytest.raises(Invalid, match="授权委托书"):
        forms.check_materials(item, given, {"agent": {}})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([("no_such_paper", FILE)], "material_unknown"),
        ([("site_photo", FILE)] * 11, "too_many_files"),
    ],
)
def test_papers_nobody_asked_for_are_refused(given: list[tuple[str, UUID]], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        forms.check_materials(version("FW-CG-003"), given, {})

    assert [fault.code for fault in refused.value.invalid_params] == [code]


def test_a_repair_needs_no_paper() -> None:
    forms.check_materials(version("FW-CG-003"), [], {})
