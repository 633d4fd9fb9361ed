"""What of a form is shown, hidden and named, and which papers belong to it: on small items."""

from typing import Any
from uuid import UUID

import pytest

from backend.catalogue import forms
from backend.catalogue.refusals import MaterialMissing, MaterialUnknown
from tests.backend.catalogue.small import ID_NUMBER, an_item
from tests.backend.catalogue.test_small_forms import ITEM


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, (None, None)),
        ({"applicant": None}, (None, None)),
        ({"applicant": "李四"}, (None, None)),
        ({"applicant": {"name": "李四"}}, (None, "李四")),
        ({"applicant": {"name": " 买买提 • 明 "}}, (None, "买买提·明")),
        ({"applicant": {"id_number": " 11010519491231002x "}}, (ID_NUMBER, None)),
        ({"applicant": {"id_number": "", "name": ""}}, ("", "")),
    ],
)
def test_whom_a_form_is_about(
    form: dict[str, Any], expected: tuple[str | None, str | None]
) -> None:
    assert forms.applicant(form) == expected


@pytest.mark.parametrize(
    ("field", "there"),
    [
        ("applicant", True),
        ("applicant.name", True),
        ("applicant.nmae", False),
        ("applicant.name.first", False),
        ("people", True),
        ("people.*", True),
        ("people.0", True),
        ("people.1.age", True),
        ("people.2", False),
        ("people.-1", False),
        ("people.*.name", True),
        ("people.name", False),
        ("note.*", False),
        ("form.note", False),
        ("", False),
        ("x-mask", False),
    ],
)
def test_a_form_asks_for_what_its_schema_has(field: str, *, there: bool) -> None:
    assert forms.asks(ITEM, field) is there


ANSWERS = {
    "applicant": {"name": "王小明", "id_number": ID_NUMBER},
    "contact": {"phone": "13900139000"},
    "people": [{"name": "李小五", "age": 5}],
    "note": "说明",
}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("applicant.name", ("name", "王小明")),
        ("applicant.id_number", ("id_number", ID_NUMBER)),
        ("contact.phone", ("phone", "13900139000")),
        ("people.0.name", ("name", "李小五")),
        ("people.0.age", None),
        ("people.1.name", None),
        ("people.2.name", None),
        ("people.*.name", None),
        ("note", None),
        ("applicant", None),
        ("agent.name", None),
        ("place.community", None),
        ("nobody.name", None),
    ],
)
def test_what_is_hidden_is_told_with_its_kind(field: str, expected: tuple[str, str] | None) -> None:
    assert forms.hidden(ITEM, ANSWERS, field) == expected


def test_what_is_masked_is_what_is_hidden_and_the_form_stays_whole() -> None:
    shown = forms.masked(ITEM, ANSWERS)

    assert shown["note"] == "说明"
    assert shown["applicant"] == {"name": "王*明", "id_number": f"1{'*' * 16}X"}
    assert shown["contact"] == {"phone": "139******00"}
    assert shown["people"] == [{"name": "李*五", "age": 5}]
    for value in ("王小明", ID_NUMBER, "13900139000", "李小五"):
        assert value not in str(shown)
    assert ANSWERS["applicant"] == {"name": "王小明", "id_number": ID_NUMBER}
    # An answer that no schema knows, of an older form, is nobody's mask.
    assert forms.masked(ITEM, {"old": {"name": "王小明"}}) == {"old": {"name": "王小明"}}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/note", "说明"),
        ("/contact/phone", "13900139000"),
        ("/contact", {"phone": "13900139000"}),
        ("/nobody", None),
        ("/note/more", None),
        ("/contact/phone/more", None),
        ("/people/0", None),
    ],
)
def test_a_pointer_leads_to_an_answer_or_to_none(pointer: str, found: object) -> None:
    assert forms.at(ANSWERS, pointer) == found


def paper(code: str, *, required: bool = False, when: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": f"材料{code}", "required": required, "required_when": when}


WITH_PAPERS = an_item(
    ITEM.form,
    materials=(paper("a", required=True), paper("b"), paper("c", when="agent")),
)
FILE = UUID(int=9)


@pytest.mark.parametrize(
    ("given", "form"),
    [
        (["a"], {}),
        (["a"] * 10, {}),
        (["a", "b", "c"], {}),
        (["a", "c"], {"agent": {}}),
    ],
)
def test_the_papers_that_are_asked_for_are_taken(given: list[str], form: dict[str, Any]) -> None:
    forms.check_materials(WITH_PAPERS, [(code, FILE) for code in given], form)


@pytest.mark.parametrize(
    ("given", "form", "refusal", "told"),
    [
        ([], {}, MaterialMissing, {"materials.a": "material_missing"}),
        (["b"], {}, MaterialMissing, {"materials.a": "material_missing"}),
        (
            [],
            {"agent": {}},
            MaterialMissing,
            {"materials.a": "material_missing", "materials.c": "material_missing"},
        ),
        (["a"] * 11, {}, MaterialUnknown, {"materials.a": "too_many_files"}),
        (["a", "x"], {}, MaterialUnknown, {"materials.x": "material_unknown"}),
        (
            ["x", *["b"] * 11],
            {},
            MaterialUnknown,
            {"materials.x": "material_unknown", "materials.b": "too_many_files"},
        ),
    ],
)
def test_papers_that_lack_or_that_nobody_asked_for_are_refused(
    given: list[str],
    form: dict[str, Any],
    refusal: type[MaterialMissing | MaterialUnknown],
    told: dict[str, str],
) -> None:
    with pytest.raises(refusal) as refused:
        forms.check_materials(WITH_PAPERS, [(code, FILE) for code in given], form)

    assert {fault.name: fault.code for fault in refused.value.invalid_params} == told


def test_missing_papers_are_named_as_people_call_them() -> None:
    with pytest.raises(MaterialMissing) as refused:
        forms.check_materials(WITH_PAPERS, [], {"agent": {}})

    assert "材料a" in refused.value.detail
    assert "材料c" in refused.value.detail
    assert [fault.reason for fault in refused.value.invalid_params] == [
        "缺少材料：材料a",
        "缺少材料：材料c",
    ]
