"""An item's conditions as its version keeps them, and what is wrong with their rules."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from backend.catalogue import shapes
from backend.catalogue.loading.condition_rows import Condition, ConditionRule
from backend.catalogue.loading.fault import Fault, Path
from backend.catalogue.loading.rows import Item

_AGE = re.compile(r"[0-9]+(周岁|岁)")
_MONTH = re.compile(r"[0-9]+月")
_SEX = re.compile(r"男性|女性|妇女")


def stored(item: Item, proofs: Collection[str]) -> list[shapes.Condition]:
    """The conditions; `proofs` are the words of the negative list."""
    return [
        {"text": each.text, "rule": _stored(each.rule, proofs) if each.rule else None}
        for each in item.conditions
    ]


def faults(item: Item, form: Mapping[str, Any]) -> Iterator[Fault]:
    """Rules that ask what the form does not have, and rules that are missing.

    `form` is the item's JSON Schema. An age, a sex or a season that only a sentence tells would be
    told to nobody who files.
    """
    rules = [(n, each.rule) for n, each in enumerate(item.conditions) if each.rule]
    for number, rule in rules:
        yield from _of_rule(rule, form, ("conditions", number, "rule"))
    if _asks_number(form):
        yield from _untold(
            item.conditions, _AGE, "写了年龄，须有规则 / tells an age: give it a rule"
        )
        yield from _untold(
            item.conditions, _SEX, "写了性别，须有规则 / tells a sex: give it a rule"
        )
    yield from _untold(item.conditions, _MONTH, "写了月份，须有规则 / tells months: give it a rule")
    seasonal = any(inner.season for _, rule in rules for inner in [rule, *(rule.any or [])])
    if item.season and _MONTH.search(item.season) and not seasonal:
        said = "season: 写了月份，须有 season 规则 / names months: give a condition with a season"
        yield Fault(said, ("season",))


def _untold(conditions: Sequence[Condition], told: re.Pattern[str], said: str) -> Iterator[Fault]:
    for number, each in enumerate(conditions):
        if each.rule is None and told.search(each.text):
            yield Fault(f"conditions: “{each.text}”{said}", ("conditions", number))


def _of_rule(rule: ConditionRule, form: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for number, inner in enumerate(rule.any or []):
        yield from _of_rule(inner, form, (*at, "any", number))
    (kind,) = rule.model_fields_set
    path = getattr(getattr(rule, kind), "of", None)
    if path is None:
        return
    schema = _at(form, path)
    place = (*at, kind, "of")
    if schema is None:
        yield Fault(f"conditions: 表单没有这一栏 / not in the form: {path}", place)
    elif not _fits(kind, schema):
        yield Fault(f"conditions: 这一栏不能这样判断 / no answer for {kind}: {path}", place)
    elif rule.answer:
        yield from _of_values(rule.answer.is_, schema, place)


def _fits(kind: str, schema: Mapping[str, Any]) -> bool:
    if kind in {"age", "sex"}:
        return schema.get("format") == "id-number"
    if kind == "within":
        return schema.get("format") == "date" or "(0[1-9]|1[0-2])" in schema.get("pattern", "")
    if kind == "number":
        return schema.get("type") in {"integer", "number"}
    if kind == "unlisted":
        return schema.get("type") == "string"
    return "oneOf" in schema or schema.get("type") == "boolean"


def _of_values(
    values: Sequence[str | bool], schema: Mapping[str, Any], place: Path
) -> Iterator[Fault]:
    known = [choice["const"] for choice in schema.get("oneOf", ())] or [True, False]
    for value in values:
        if value not in known:
            yield Fault(f"conditions: 没有这个选项 / has no choice {value!r}", place)


def _at(form: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    node: Mapping[str, Any] | None = form
    for name in path.split("."):
        node = (node or {}).get("properties", {}).get(name)
    return node


def _asks_number(schema: Mapping[str, Any]) -> bool:
    inner = schema.get("properties", {}).values()
    return schema.get("format") == "id-number" or any(_asks_number(each) for each in inner)


def _stored(rule: ConditionRule, proofs: Collection[str]) -> shapes.ConditionRule:
    made: shapes.ConditionRule = {
        "kind": "any",
        "path": None,
        "min": None,
        "max": None,
        "values": [],
        "windows": [],
        "rules": [_stored(inner, proofs) for inner in rule.any or []],
    }
    if rule.age:
        made["kind"] = "age_in_year" if rule.age.in_year else "age"
        made |= {"path": rule.age.of, "min": rule.age.min, "max": rule.age.max}
    elif rule.sex:
        made |= {"kind": "sex", "path": rule.sex.of, "values": [rule.sex.is_]}
    elif rule.season:
        windows: list[shapes.Window] = [{"from": each.from_, "to": each.to} for each in rule.season]
        made |= {"kind": "season", "windows": windows}
    elif rule.within:
        made |= {"kind": "within", "path": rule.within.of, "max": rule.within.months}
    elif rule.answer:
        made |= {"kind": "answer", "path": rule.answer.of, "values": rule.answer.is_}
    elif rule.number:
        made |= {"kind": "number", "path": rule.number.of}
        made |= {"min": rule.number.min, "max": rule.number.max}
    elif rule.districts:
        made |= {"kind": "district", "values": list(rule.districts)}
    elif rule.unlisted:
        made |= {"kind": "unlisted", "path": rule.unlisted.of, "values": sorted(proofs)}
    return made
