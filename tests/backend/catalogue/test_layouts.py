"""The layout of every item's form, compared with the data files and with the form's schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from backend.catalogue import formats, layouts
from backend.catalogue.parts import Parts
from backend.catalogue.rows import Block, Form, Kind, Question, Rule
from config import sources
from tests.backend.catalogue.examples import items


def _read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)


def _files(folder: Path) -> dict[str, Any]:
    found = [_read(path) for path in (folder / "items").glob("*.yaml")]
    return {item["code"]: item for file in found for item in file["items"]}


FILES = _files(sources.DATA / "catalogue")
BLOCKS = _read(sources.DATA / "catalogue" / "blocks.yaml")


def written(form: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Title and paths of each section as the files' lines follow each other."""
    found: list[tuple[str, list[str]]] = []

    def add(name: str) -> None:
        block = BLOCKS[name]
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
    assert len(items()) == len(FILES) == 192
    assert all(item.fields["layout"] for item in items().values())


@pytest.mark.parametrize("code", FILES)
def test_sections_and_fields_follow_the_data_file(code: str) -> None:
    layout = items()[code].fields["layout"]

    assert [
        (section["title"], [field["path"] for field in laid(section["fields"])])
        for section in layout
    ] == written(FILES[code]["form"])


@pytest.mark.parametrize("code", FILES)
def test_every_answer_stands_in_the_layout_once_and_in_the_same_order(code: str) -> None:
    form, layout = items()[code].fields["form"], items()[code].fields["layout"]
    fields = [field for section in layout for field in laid(section["fields"])]
    schemas = dict(answers(form))

    assert [field["path"] for field in fields] == list(schemas)
    for field in fields:
        assert field["title"] == schemas[field["path"]]["title"]
        assert field["help"] == schemas[field["path"]].get("description")


@pytest.mark.parametrize("code", FILES)
def test_the_order_is_made_again_after_the_database_sorted_the_keys(code: str) -> None:
    fields = items()[code].fields
    stored = orjson.loads(orjson.dumps(fields["form"], option=orjson.OPT_SORT_KEYS))

    again = layouts.ordered(stored, fields["layout"])

    assert again == fields["form"]
    assert list(answers(again)) == list(answers(fields["form"]))
    assert list(again["properties"]) == list(fields["form"]["properties"])


def conditional() -> list[tuple[str, str]]:
    return [
        (code, field["path"])
        for code, item in items().items()
        for section in item.fields["layout"]
        for field in laid(section["fields"])
        if field["show_when"]
    ]


def put(form: dict[str, Any], path: str, value: object) -> None:
    *above, last = path.split(".")
    for name in above:
        form = form.setdefault(name, {})
    form[last] = value


@pytest.mark.parametrize(("code", "path"), conditional())
def test_what_shows_only_when_is_demanded_by_the_schema_just_then(code: str, path: str) -> None:
    fields = items()[code].fields
    field = next(
        field
        for section in fields["layout"]
        for field in laid(section["fields"])
        if field["path"] == path
    )
    validator = formats.compiled(fields["form"])
    known = dict(answers(fields["form"]))

    def demanded(*, met: bool) -> bool:
        form = orjson.loads(orjson.dumps(fields["form"]["examples"][0]))
        _drop(form, path)
        for term in field["show_when"]:
            schema = known[term["path"]]
            choices = [one["const"] for one in schema.get("oneOf", ())] or [False, True]
            put(form, term["path"], next(c for c in choices if (c in term["in"]) is met))
        missing = {f'"{name}" is a required property' for name in path.rsplit(".", 1)}
        return any(error.message in missing for error in validator.iter_errors(form))

    assert demanded(met=True)
    assert not demanded(met=False)


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

    with pytest.raises(layouts.TwoRules):
        layouts.layout(Parts({"own": block}, form))
