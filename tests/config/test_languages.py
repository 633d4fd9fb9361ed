"""What an operator reads stands in Chinese and in English, wherever it is said."""

import ast
import re
from collections.abc import Iterator

import pytest
from typer.main import get_command

from miniprogram_api.process.command import app
from tests.source import trees

PACKAGES = ("config", "wechat", "notifications", "backend", "miniprogram_api")
ERRORS = {"StartError", "SettingsError", "VarDirInUse"}
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{2}")


def both(text: str) -> bool:
    """Whether a sentence is there in both languages."""
    return bool(CHINESE.search(text) and ENGLISH.search(text))


def literal(node: ast.AST) -> str:
    """What the source itself says in an expression: not what is filled in."""
    return " ".join(
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product's code, with its place."""
    for package in PACKAGES:
        for file, tree in trees(package).items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    yield f"{file}:{node.lineno}", node


def test_every_error_at_the_terminal_is_in_both_languages() -> None:
    found = [(place, node) for place, node in calls() if called(node) in ERRORS and node.args]

    bare = [
        place
        for place, node in found
        if not both(said := literal(node.args[0])) and ENGLISH.search(said)
    ]
    assert len(found) > 40
    assert bare == []


def test_whatever_a_command_tells_is_in_both_languages() -> None:
    said = {
        f"{place} {text}"
        for place, node in calls()
        if place.startswith("miniprogram_api/process/commands/") and called(node) == "echo"
        if ENGLISH.search(text := literal(node.args[0])) and not both(text)
    }
    assert said == set()


def test_whatever_is_wrong_with_data_files_is_in_both_languages() -> None:
    said = {
        f"{place} {text}"
        for place, node in calls()
        for reason in reasons(node)
        if ENGLISH.search(text := literal(reason)) and not both(text)
    }
    assert said == set()


def reasons(node: ast.Call) -> list[ast.expr]:
    """What a call that makes a bad row says is wrong with it."""
    if called(node) not in {"BadRow", "replace"}:
        return []
    given = node.args[2:3] if called(node) == "BadRow" else []
    return given + [each.value for each in node.keywords if each.arg == "reason"]


def helps() -> Iterator[tuple[str, str]]:
    """Each command, group, option and argument with the help that is shown."""
    waiting = [("yikou", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command.help or ""
        for parameter in command.params:
            if parameter.name != "help":
                yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
        waiting += [
            (f"{name} {each}", sub) for each, sub in getattr(command, "commands", {}).items()
        ]


@pytest.mark.parametrize(("name", "told"), list(helps()))
def test_every_command_and_option_is_explained_in_both(name: str, told: str) -> None:
    assert both(told), name
