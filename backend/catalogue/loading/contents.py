"""The catalogue's data files, checked whole: what a load would publish, and bad rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from backend.catalogue import formats, order
from backend.catalogue.categories import Category
from backend.catalogue.loading import layouts, materials, schemas, steps, synonyms
from backend.catalogue.loading.parts import Parts, UnknownBlock
from backend.catalogue.loading.rows import Block, Item, Material, Meta
from backend.catalogue.shapes import Guide
from config import sources
from config.sources import BadRow, Find, line_of, read_yaml, shown, take
from models import Assurance

FOLDER = "catalogue"
SUBSCRIPTIONS = ["case_progress", "action_needed"]
APPOINTMENT_SUBSCRIPTION = "appointment"

_ASSURANCE = {
    Category.BENEFIT: Assurance.REAL_NAME,
    Category.CERTIFICATE: Assurance.REAL_NAME,
    Category.REGISTRATION: Assurance.REAL_NAME,
    Category.INFORMATION: Assurance.WECHAT,
}


@dataclass(frozen=True)
class ItemContent:
    """What a version of one item says; `fields` are the columns of its row."""

    code: str
    department: str
    fields: dict[str, Any]

    @cached_property
    def hash(self) -> str:
        """Equal for equal content, whatever the order of keys."""
        return sha256(orjson.dumps(self.fields, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass
class Contents:
    """The good items and the bad rows."""

    items: list[ItemContent] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


@dataclass
class _Library:
    departments: frozenset[str]
    blocks: dict[str, Block]
    materials: dict[str, Material]
    limit_sources: frozenset[str]


def read(departments: frozenset[str], find: Find = sources.find) -> Contents:
    """Parse and check all files; `departments` are the known codes. Never stops at a bad row."""
    contents = Contents()
    path = find(f"{FOLDER}/meta.yaml")
    content = read_yaml(path, contents.bad)
    meta = take(Meta, content, at=BadRow(shown(path), "", "", 1), bad=contents.bad)
    library = _Library(
        departments=departments,
        blocks=_rows(find(f"{FOLDER}/blocks.yaml"), Block, contents.bad),
        materials=_rows(find(f"{FOLDER}/materials.yaml"), Material, contents.bad),
        limit_sources=frozenset(meta.limit_sources if meta else ()),
    )
    folder = find(f"{FOLDER}/items")
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        contents.bad.append(BadRow(shown(folder), "", "没有任何事项文件 / holds no items"))
    places: dict[str, BadRow] = {}
    for each in paths:
        _read_items(each, library, contents, places)
    synonyms.check(find, frozenset(places), contents.bad)
    return contents


def _rows(path: Path, model: Any, bad: list[BadRow]) -> dict[str, Any]:
    rows = read_yaml(path, bad)
    taken = {
        code: take(
            model, content, at=BadRow(shown(path), str(code), "", line_of(rows, [code])), bad=bad
        )
        for code, content in rows.items()
    }
    return {code: row for code, row in taken.items() if row is not None}


def _read_items(
    path: Path, library: _Library, contents: Contents, places: dict[str, BadRow]
) -> None:
    file = read_yaml(path, contents.bad)
    at = BadRow(shown(path), "", "", line_of(file))
    for key in file.keys() - {"department", "items"}:
        line = line_of(file, [key])
        contents.bad.append(
            replace(at, row=str(key), reason="不认识的字段 / there is no such key", line=line)
        )
    department = str(file.get("department"))
    if file and department not in library.departments:
        line = line_of(file, ["department"])
        reason = f"没有这个部门 / unknown: {department}"
        contents.bad.append(replace(at, row="department", reason=reason, line=line))
    items = file.get("items") or ()
    if not isinstance(items, list):
        contents.bad.append(replace(at, row="items", reason="应为列表 / must be a list"))
        items = ()
    for number, content in enumerate(items):
        _read_item(
            content,
            department,
            library,
            contents,
            places=places,
            at=replace(at, row=f"item {number + 1}", line=line_of(items, [number])),
        )


def _read_item(
    content: Any,
    department: str,
    library: _Library,
    contents: Contents,
    *,
    places: dict[str, BadRow],
    at: BadRow,
) -> None:
    if isinstance(content, dict) and "code" in content:
        at = replace(at, row=str(content["code"]))
    first = places.get(at.row)
    places.setdefault(at.row, at)
    item = take(Item, content, at=at, bad=contents.bad)
    if item is None:
        return
    if first:
        reason = (
            f"编码重复，首次见于 {first.file}:{first.line}"
            f" / the code is given twice, first in {first.file}:{first.line}"
        )
        contents.bad.append(replace(at, reason=reason))
        return
    faults = [*_faults(item, department, library)] or _publish(item, department, library, contents)
    for fault in faults:
        line = line_of(content, [fault.partition(":")[0]]) or at.line
        contents.bad.append(replace(at, reason=fault, line=line))


def _faults(item: Item, department: str, library: _Library) -> Iterator[str]:
    if item.code.split("-")[1] != department:
        yield f"编码不属于部门 / the code does not belong to department {department}"
    for code in [code for code in item.co_departments if code not in library.departments]:
        yield f"co_departments: 没有这个部门 / unknown: {code}"
    for code in [code for code in item.materials if code not in library.materials]:
        yield f"materials: 没有这份材料 / unknown: {code}"
    for code in [code for code in item.bring_to_window if code not in item.materials]:
        yield f"bring_to_window: 不在材料中 / not among the materials: {code}"
    if item.limit_source not in library.limit_sources:
        yield f"limit_source: 没有这个来源 / unknown: {item.limit_source}"
    limits = (item.promised, item.statutory)
    if limits[1] and limits[0].unit == limits[1].unit and limits[0].days > limits[1].days:
        yield "promised: 长于法定时限 / longer than the statutory limit"
    if all(
        steps.LEVELS.index(level) > steps.LEVELS.index(item.decide_level)
        for level in item.accept_levels
    ):
        yield "decide_level: 低于各受理层级 / below every accept level"
    elif item.step_days and len(item.step_days) != len(steps.levels_of(item)):
        yield f"step_days: 环节数不符 / the route has {len(steps.levels_of(item))} steps"
    if item.step_days and sum(item.step_days) != item.promised.days:
        yield "step_days: 之和不等于承诺时限 / do not add up to the promised days"


def _publish(item: Item, department: str, library: _Library, contents: Contents) -> list[str]:
    try:
        parts = Parts(library.blocks, item.form)
        form = schemas.form_schema(item, parts)
        layout = layouts.layout(parts)
        validator = formats.compiled(form)
    except (UnknownBlock, KeyError, jsonschema_rs.ValidationError, ValueError) as error:
        return [f"form: {error}" if " / " in str(error) else f"form: 表单有误 / {error}"]
    faults = [
        f"form: 示例不合表单 / the example: {e.message}"
        for e in validator.iter_errors(form["examples"][0])
    ]
    faults += [
        f"object_fields: 不在表单中 / not in the form: {p}"
        for p in item.form.object_fields
        if not _found(form, p)
    ]
    if not faults:
        contents.items.append(
            ItemContent(
                item.code,
                department,
                _fields(item, library) | {"form": order.ordered(form, layout), "layout": layout},
            )
        )
    return faults


def _found(form: dict[str, Any], pointer: str) -> bool:
    node = form
    for name in pointer.split("/")[1:]:
        node = node.get("properties", {}).get(name)
        if node is None:
            return False
    return True


def _fields(item: Item, library: _Library) -> dict[str, Any]:
    return {
        "name": item.name,
        "type": item.type,
        "type_code": item.type_code,
        "case_type": item.case_type,
        "min_assurance": item.min_assurance or _ASSURANCE.get(item.category, Assurance.PHONE),
        "appointment": item.appointment,
        "statutory_days": item.statutory.days if item.statutory else None,
        "statutory_unit": item.statutory.unit if item.statutory else None,
        "promised_days": item.promised.days,
        "promised_unit": item.promised.unit,
        "supplement_days": item.supplement_days,
        "guide": _guide(item),
        "materials": materials.entries(item, library.materials),
        "object_fields": item.form.object_fields,
        "route": steps.route(item),
    }


def _guide(item: Item) -> Guide:
    booked = [APPOINTMENT_SUBSCRIPTION] if item.appointment else []
    return {
        "category": item.category,
        "conditions": [item.condition],
        "legal_basis": [item.basis] if item.basis else [],
        "limit_source": item.limit_source,
        "applicants": item.applicants,
        "accept_levels": [steps.CODES[level] for level in item.accept_levels],
        "decide_level": steps.CODES[item.decide_level],
        "co_departments": item.co_departments,
        "special_procedures": item.special_procedures,
        "publicity_days": item.publicity_days,
        "privacy": item.privacy,
        "season": item.season,
        "flags": item.flags,
        "fee": {"charged": False},
        "delivery": ["pickup", "post", "electronic"],
        "subscriptions": SUBSCRIPTIONS + booked,
    }
