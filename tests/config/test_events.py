"""The operators' papers explain each line that the log has for what went wrong."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.source import ROOT, trees

PRODUCT = ("config", "wechat", "models", "notifications", "backend", "miniprogram_api")
LEVELS = {"warning", "error", "critical", "exception"}
EVENT = re.compile(r"[a-z]+(_[a-z]+)*")


def names_of(call: ast.Call, constants: dict[str, str]) -> Iterator[str]:
    """The events that this call logs, or that the spell it makes will log."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr=level), args=[event, *_]):
            told = [event] if level in LEVELS else []
        case ast.Call(func=ast.Name("Spell"), args=[failing, over, *_]):
            told = [failing, over]
        case _:
            told = []
    for one in told:
        match one:
            case ast.Constant(str(name)):
                yield name
            case ast.Name(name):
                yield constants[name]
            case _:
                # A spell's own, which stand where it is made.
                assert isinstance(one, ast.Attribute), ast.unparse(call)


def logged(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from names_of(node, constants)


def all_logged() -> set[str]:
    modules = [tree for package in PRODUCT for tree in trees(package).values()]
    return {name for tree in modules for name in logged(tree)}


def test_events_are_found_however_they_are_named() -> None:
    source = (
        'A = "a"\nlog.warning(A, n=1)\nlog.error("b")\nlog.info("c")\nlog.exception("d")\n'
        'x = Spell("e", "f")\nlog.warning(self._over)\n'
    )

    assert list(logged(ast.parse(source))) == ["a", "b", "d", "e", "f"]


@pytest.mark.parametrize("name", ["docs/deployment.md", "docs/deployment.zh-CN.md"])
def test_every_event_of_a_fault_is_in_the_table(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[a-z_]+`(?:[,、] ?`[a-z_]+`)*) \|", page, re.MULTILINE)
    told = {event for cell in cells for event in re.findall(r"`(\w+)`", cell)}

    found = all_logged()
    assert {event for event in found if not EVENT.fullmatch(event)} == set()
    assert {"failure", "database_back", "task_ended"} <= found
    assert found - told == set()
