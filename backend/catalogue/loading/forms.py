"""An item's form made of its parts, or all that is wrong with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.catalogue import order
from backend.catalogue.loading import examples, explaining, layouts, rules, schemas
from backend.catalogue.loading.fault import Fault, strange
from backend.catalogue.loading.library import NO_BLOCK, Library, key_of
from backend.catalogue.loading.parts import Parts
from backend.catalogue.loading.rows import Form
from backend.catalogue.shapes import SectionView

ALL = frozenset(Form.model_fields)
_OWN = ("form", "questions")


@dataclass(frozen=True)
class Made:
    """A sound form as a version keeps it."""

    schema: dict[str, Any]
    layout: list[SectionView]


def made(
    title: str, form: Form, sure: frozenset[str], library: Library
) -> tuple[list[Fault], Made | None]:
    """What is wrong with the form, and itself; only its fields `sure` are asked for.

    Without either, a block of it is at fault, which is told in the blocks' own file.
    """
    faults = list(_unknown(form, sure, library))
    if "questions" in sure:
        questions = explaining.explained(form.questions, library.terms)
        form = form.model_copy(update={"questions": questions})
        faults += explaining.faults(questions, ("form", "questions"))
    if faults or sure != ALL or not _all_sound(form, library):
        return faults, None
    parts = Parts(library.sound_blocks, form)
    faults += _of_parts(parts, form, library)
    if faults:
        return faults, None
    schema = schemas.form_schema(title, parts)
    faults += examples.faults(schema, schema["examples"][0], at=_OWN)
    faults += _unfound(schema, form)
    faults += [
        Fault(f"form: 两条规则显示同一栏 / two rules require {path!r}", ("form", "rules"))
        for path in layouts.shown_twice(parts)
    ]
    layout = layouts.layout(parts)
    return faults, Made(order.ordered(schema, layout), layout)


def _all_sound(form: Form, library: Library) -> bool:
    return library.sound_blocks.keys() >= {*form.blocks, *form.optional_blocks}


def _unknown(form: Form, sure: frozenset[str], library: Library) -> Iterator[Fault]:
    for field in ("blocks", "optional_blocks"):
        if field in sure:
            names = getattr(form, field)
            yield from strange(("form", field), names, library.blocks, said=NO_BLOCK)


def _of_parts(parts: Parts, form: Form, library: Library) -> Iterator[Fault]:
    for key, times in Counter(key for key, _, _ in parts.sections() if key).items():
        if times > 1:
            yield Fault(
                f"form: {key} 有两个模块 / two blocks have the key {key!r}", ("form", "blocks")
            )
    yield from rules.faults(
        form.rules,
        questions=parts.questions,
        blocks=parts.blocks,
        keys={key_of(name, each) for name, each in library.blocks.items()},
        at=("form", "rules"),
    )


def _unfound(schema: dict[str, Any], form: Form) -> Iterator[Fault]:
    for number, pointer in enumerate(form.object_fields):
        if not _found(schema, pointer):
            place = ("form", "object_fields", number)
            yield Fault(f"object_fields: 不在表单中 / not in the form: {pointer}", place)


def _found(schema: dict[str, Any], pointer: str) -> bool:
    node = schema
    for name in pointer.split("/")[1:]:
        node = node.get("properties", {}).get(name)
        if node is None:
            return False
    return True
