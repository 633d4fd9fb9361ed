"""The order in which a form asks, as its layout has it."""

from typing import Any

from backend.catalogue import order, versions
from models import UnitLevel
from tests.backend.catalogue.small import block, text


def section(*paths: str, **inner: tuple[str, ...]) -> Any:
    """A section with these fields; those named below one stand inside it."""
    fields: list[Any] = [{"path": path, "fields": []} for path in paths]
    for name, below in inner.items():
        fields.append({"path": name, "fields": [{"path": path, "fields": []} for path in below]})
    return {"title": "一节", "fields": fields}


def names(schema: dict[str, Any], *path: str) -> list[str]:
    for part in path:
        schema = schema["properties"][part] if part != "*" else schema["items"]
    return [*schema["properties"]]


FORM = {
    "type": "object",
    "properties": {
        "a": block({"x": text("X"), "y": text("Y"), "z": text("Z")}, "x"),
        "b": text("B"),
        "c": {"type": "array", "items": block({"m": text("M"), "n": text("N")})},
    },
    "required": ["a"],
}


def test_answers_stand_in_the_layouts_order_over_all_its_sections() -> None:
    found = order.ordered(FORM, [section("c.*.n", "c.*.m"), section("b", "a.z", "a.x", "a.y")])

    assert names(found) == ["c", "b", "a"]
    assert names(found, "a") == ["z", "x", "y"]
    assert names(found, "c", "*") == ["n", "m"]


def test_what_the_layout_does_not_name_comes_behind_in_its_own_order() -> None:
    found = order.ordered(FORM, [section("c", "a.z")])

    assert names(found) == ["c", "a", "b"]
    assert names(found, "a") == ["z", "x", "y"]
    assert names(found, "c", "*") == ["m", "n"]


def test_fields_inside_a_list_are_in_the_lists_order() -> None:
    found = order.ordered(FORM, [section("b", c=("c.*.n", "c.*.m"))])

    assert names(found) == ["b", "c", "a"]
    assert names(found, "c", "*") == ["n", "m"]


def test_without_a_layout_all_stays_and_the_form_itself_is_never_changed() -> None:
    before = names(FORM), names(FORM, "a")

    assert order.ordered(FORM, []) == FORM
    order.ordered(FORM, [section("c", "b", "a.z")])

    assert (names(FORM), names(FORM, "a")) == before
    found = order.ordered(FORM, [section("b")])
    assert found["required"] == ["a"]
    assert found["properties"]["a"]["required"] == ["x"]


def test_a_version_of_before_is_served_where_its_steps_were_taken() -> None:
    """Until versions said so themselves a hall stood for the departments above it."""
    steps = [
        {"level": "community", "of": "community"},
        {"level": "street", "of": "street"},
        {"level": "street", "of": "street"},
        {"level": "department", "of": "district"},
    ]
    levels = versions._levels_of  # noqa: SLF001 - read from rows of old releases only

    assert levels(steps) == ["community", "street", "district", UnitLevel.DEPARTMENT]
    assert levels(steps[:3]) == ["community", "street"]
    assert levels([{"level": "department", "of": "city"}]) == ["city", UnitLevel.DEPARTMENT]
