"""The layout of every item's form, compared with the data files and with the form's schema."""

from collections.abc import Iterator
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
import yaml

from backend.catalogue import formats, order
from backend.catalogue.loading import layouts
from backend.catalogue.loading.parts import Parts
from backend.catalogue.loading.rows import Block, Form, Kind, Question, Rule
from config import sources
from tests.backend.catalogue.examples import items

FOLDER = sources.DATA / "catalogue"


def _read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)


@cache
def files() -> dict[str, Any]:
    found = [_read(path) for path in (FOLDER / "items").glob("*.yaml")]
    return {item["code"]: item for file in found for item in file["items"]}


@cache
def blocks() -> dict[str, Any]:
    found: dict[str, Any] = _read(FOLDER / "blocks.yaml")
    return found


def written(form: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Title and paths of each section as the files' lines follow each other."""
    found: list[tuple[str, list[str]]] = []

    def add(name: str) -> None:
        block = blocks()[name]
        key = None if block.get("inline") else block.get("key", name)
        found.append((block["title"], list(paths(key, block["questions"]))))
        for inner in block.get("optional_blocks", ()):
            add(inner)

    for name in [*form["blocks"], *form.get("optional_blocks", ())]:
        add(name)
    if form.get("questions"):
        found.append((layouts.OWN_TITLE, list(paths(None, form["questions"]))))
    return found


def paths(key: str | None, questions: dict[str, Any]) -> Iterator[str]:
    for name, question in questions.items():
        path = f"{key}.{name}" if key else name
        yield path
        yield from paths(f"{path}.*", question.get("list") or {})


def laid(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield field
        yield from laid(field["fields"])


def answers(schema: dict[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and schema of each answer of a form; blocks are no answers, lists and entries are."""
    for name, inner in schema["properties"].items():
        path = before + name
        if inner.get("type") == "object":
            yield from answers(inner, f"{path}.")
        else:
            yield path, inner
            if inner.get("items", {}).get("type") == "object":
                yield from answers(inner["items"], f"{path}.*.")


def test_every_item_has_a_layout() -> None:
    assert len(items()) == len(files()) == 192
    assert all(item.fields["layout"] for item in items().values())


def test_sections_and_fields_follow_the_data_file() -> None:
    for code, item in items().items():
        sections = [
            (section["title"], [field["path"] for field in laid(section["fields"])])
            for section in item.fields["layout"]
        ]
        assert sections == written(files()[code]["form"]), code


def test_every_answer_stands_in_the_layout_once_and_in_the_same_order() -> None:
    for code, item in items().items():
        fields = list(fields_of(code))
        schemas = dict(answers(item.fields["form"]))

        assert [field["path"] for field in fields] == list(schemas), code
        for field in fields:
            place = f"{code} {field['path']}"
            assert field["title"] == schemas[field["path"]]["title"], place
            assert field["help"] == schemas[field["path"]].get("description"), place


def test_the_order_is_made_again_after_the_database_sorted_the_keys() -> None:
    for code, item in items().items():
        form = item.fields["form"]
        stored = orjson.loads(orjson.dumps(form, option=orjson.OPT_SORT_KEYS))

        again = order.ordered(stored, item.fields["layout"])

        assert again == form, code
        assert list(answers(again)) == list(answers(form)), code
        assert list(again["properties"]) == list(form["properties"]), code


def fields_of(code: str) -> Iterator[dict[str, Any]]:
    for section in items()[code].fields["layout"]:
        yield from laid(section["fields"])


def put(form: dict[str, Any], path: str, value: object) -> None:
    *above, last = path.split(".")
    for name in above:
        form = form.setdefault(name, {})
    form[last] = value


def test_what_shows_only_when_is_demanded_by_the_schema_just_then() -> None:
    for code, item in items().items():
        validator = formats.compiled(item.fields["form"])
        for field in filter(itemgetter("show_when"), fields_of(code)):
            missing = {f'"{name}" is a required property' for name in field["path"].rsplit(".", 1)}
            for met in (True, False):
                faults = validator.iter_errors(answered(item.fields["form"], field, met=met))
                demanded = any(fault.message in missing for fault in faults)
                assert demanded is met, f"{code} {field['path']}"


def answered(form: dict[str, Any], field: dict[str, Any], *, met: bool) -> dict[str, Any]:
    """The form's example without this field, and what the field depends on met or not."""
    known = dict(answers(form))
    filled: dict[str, Any] = orjson.loads(orjson.dumps(form["examples"][0]))
    _drop(filled, field["path"])
    for term in field["show_when"]:
        schema = known[term["path"]]
        choices = [one["const"] for one in schema.get("oneOf", ())] or [False, True]
        put(filled, term["path"], next(c for c in choices if (c in term["in"]) is met))
    return filled


def _drop(form: dict[str, Any], path: str) -> None:
    block, _, name = path.rpartition(".")
    if block and block in form and len(form[block]) > 1:
        form[block].pop(name, None)
    else:
        form.pop(block or name, None)


def test_a_field_that_two_rules_show_is_refused() -> None:
    question = Question(title="原因", kind=Kind.TEXT, optional=True)
    choice = Question(title="类别", one={"a": "甲", "b": "乙"})
    rules = [Rule(when={"kind": [value]}, require=["reason"]) for value in ("a", "b")]
    form = Form(blocks=["own"])
    block = Block(title="情况", questions={"kind": choice, "reason": question}, rules=rules)

    assert layouts.shown_twice(Parts({"own": block}, form)) == ["own.reason"]
