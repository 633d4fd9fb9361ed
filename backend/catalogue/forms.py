"""Checking an application against an item's version: the form's answers, then the papers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.catalogue import reasons
from backend.catalogue.conditions import AGENT
from backend.catalogue.refusals import FormInvalid, MaterialMissing, MaterialUnknown
from backend.catalogue.versions import ItemVersion
from backend.errors import InvalidParam
from backend.identity import id_number as id_numbers
from backend.identity import masks, names
from config import characters
from models import Assurance

MOST_FAULTS = 50
MOST_FILES = 10
_VERIFIED = ("name", "id_number")

Form = dict[str, Any]


def check(
    item: ItemVersion,
    form: Mapping[str, Any],
    profile: Mapping[str, object],
    *,
    at_window: bool = False,
) -> Form:
    """The form with what the profile knows filled in; FormInvalid names each fault.

    With an agent in the form the profile is the agent's. Where the item wants a real name, name and
    ID number may be left out but not differ from the resident's. `at_window` the profile is always
    the applicant's, who was seen there: an agent's is filled in by nobody.
    """
    filled: Form = _tidied(form, item.form)
    faults = list(_fill(item, filled, known(profile), at_window=at_window))
    for error in item.validator.iter_errors(filled):
        faults += reasons.of(error, item.form)
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise FormInvalid(invalid_params=_named(faults))
    return filled


def check_materials(
    item: ItemVersion, materials: Sequence[tuple[str, UUID]], form: Mapping[str, Any]
) -> None:
    """MaterialMissing if a required paper is not among the (code, file id) pairs.

    MaterialUnknown for a paper the item does not ask for, or too many files of one.
    """
    asked = {material["code"]: material for material in item.materials}
    given = Counter(code for code, _ in materials)
    wrong = [
        InvalidParam(f"materials.{code}", "material_unknown", "该事项没有这份材料")
        for code in given
        if code not in asked
    ] + [
        InvalidParam(f"materials.{code}", "too_many_files", f"一份材料最多{MOST_FILES}个文件")
        for code, files in given.items()
        if files > MOST_FILES
    ]
    if wrong:
        raise MaterialUnknown(invalid_params=wrong)
    missing = [
        InvalidParam(f"materials.{code}", "material_missing", f"缺少材料：{material['name']}")
        for code, material in asked.items()
        if code not in given and _is_required(material, form)
    ]
    if missing:
        names = [asked[fault.name.split(".")[1]]["name"] for fault in missing]
        raise MaterialMissing(names, missing)


def at(form: Mapping[str, Any], pointer: str) -> object:
    """The answer a JSON pointer leads to; None if there is none."""
    node: object = form
    for name in pointer.split("/")[1:]:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def applicant(form: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """ID number and name of whom the form is about, in the spelling that is compared."""
    block = form.get("applicant")
    given: Mapping[str, Any] = block if isinstance(block, Mapping) else {}
    number, name = given.get("id_number"), given.get("name")
    return number and id_numbers.canonical(number), name and names.canonical(name)


def asks(item: ItemVersion, field: str) -> bool:
    """Whether the form has this block, field, list or entry of a list.

    The name is dotted as in the layout, with `*` for any entry of a list, or as in the answers to a
    faulty form, with the entry's number from 0; without a leading `form.` either way.
    """
    node: Mapping[str, Any] = item.form
    for part in field.split("."):
        inner = _inside(node, part)
        if inner is None:
            return False
        node = inner
    return True


def masked(item: ItemVersion, form: Mapping[str, Any]) -> Form:
    """The form with names and numbers of persons hidden, for eyes without full right."""
    shown: Form = _walked(dict(form), item.form, _hidden)
    return shown


def hidden(item: ItemVersion, form: Mapping[str, Any], field: str) -> tuple[str, str] | None:
    """The kind of mask over an answer, and the answer; None where nothing of it is hidden.

    The name is dotted, with the number of an entry from 0, without a leading `form.`.
    """
    schema: Mapping[str, Any] = item.form
    node: Any = form
    for part in field.split("."):
        inner = _inside(schema, part)
        if inner is None or part == "*":
            return None
        if isinstance(node, list):
            node = node[int(part)] if int(part) < len(node) else None
        else:
            node = node.get(part) if isinstance(node, Mapping) else None
        schema = inner
    kind = schema.get("x-mask")
    return (kind, node) if kind and isinstance(node, str) else None


def _inside(schema: Mapping[str, Any], part: str) -> Mapping[str, Any] | None:
    """The schema of what this part of a dotted name leads to; a list has no room past its limit."""
    if "items" in schema:
        entries = {"*", *map(str, range(schema["maxItems"]))}
        return schema["items"] if part in entries else None
    found: Mapping[str, Any] | None = schema.get("properties", {}).get(part)
    return found


def _named(faults: list[InvalidParam]) -> list[InvalidParam]:
    """The first fault of each answer, under its name in the request."""
    first: dict[str, InvalidParam] = {}
    for fault in faults:
        name = f"form.{fault.name}" if fault.name else "form"
        first.setdefault(name, replace(fault, name=name))
    return list(first.values())[:MOST_FAULTS]


def _is_required(material: Mapping[str, Any], form: Mapping[str, Any]) -> bool:
    return bool(material["required"] or (material["required_when"] or "") in form)


def known(profile: Mapping[str, object]) -> dict[str, object]:
    """What the profile knows, under the names that forms have for it."""
    community = profile.get("community")
    code = community.get("code") if isinstance(community, Mapping) else community
    return {key: value for key, value in {**profile, "community": code}.items() if value}


def _fill(
    item: ItemVersion, form: Form, known: Mapping[str, object], *, at_window: bool
) -> Iterator[InvalidParam]:
    """Write the profile's values where the form has none; say where a verified one differs."""
    verified = at_window or item.min_assurance is Assurance.REAL_NAME
    for block, schema in item.form["properties"].items():
        if at_window and block == AGENT:
            continue
        unless = None if at_window else schema.get("x-profile-unless")
        wanted = {
            name: answer["x-profile"]
            for name, answer in schema.get("properties", {}).items()
            if "x-profile" in answer
        }
        if not wanted or unless in form:
            continue
        needed = block in item.form["required"] and wanted.keys() >= {*schema["required"]}
        given = form.get(block, {} if needed or is_all_known(schema, wanted) else None)
        if not isinstance(given, dict):
            continue
        for name, key in wanted.items():
            if key in known and given.get(name) is None:
                given[name] = known[key]
            elif verified and _differs(name, given.get(name), known.get(key)):
                yield InvalidParam(f"{block}.{name}", "profile_mismatch", "与实名信息不一致")
        if given:
            form[block] = given


def is_all_known(schema: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether the block needs no answer beyond the profile, and so may be left out whole."""
    return bool(wanted) and not schema["required"] and len(wanted) == len(schema["properties"])


def _differs(name: str, given: object, known: object) -> bool:
    return name in _VERIFIED and known is not None and given != known


def _tidied(form: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """The form with each answer in one spelling: no blanks around it, 0 for -0.0, 5 for 5.0.

    An answer in which nothing can be seen is none: it becomes empty, which no text may be.
    """
    return _walked(dict(form), schema, _tidy)


def _tidy(value: str | float, schema: Mapping[str, Any]) -> str | float:
    if not isinstance(value, str):
        return int(value) if value.is_integer() else value
    text = value.strip() if characters.visible(value) else ""
    return text.upper() if schema.get("format") == "id-number" else text


def _hidden(value: str | float, schema: Mapping[str, Any]) -> str | float:
    kind = schema.get("x-mask")
    return masks.mask(kind, value) if kind and isinstance(value, str) else value


def _walked(value: Any, schema: Mapping[str, Any], change: Callable[..., str | float]) -> Any:
    """A copy of the answers with `change` made to each text and fraction, given its schema."""
    if isinstance(value, str | float):
        return change(value, schema)
    if isinstance(value, list):
        return [_walked(entry, schema.get("items", {}), change) for entry in value]
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        return {name: _walked(entry, inner.get(name, {}), change) for name, entry in value.items()}
    return value
