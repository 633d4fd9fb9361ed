"""What an operator reads stands in Chinese and in English, wherever it is said."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from typer.main import get_command

from config import complaints
from miniprogram_api.process.command import app
from tests.source import trees

PACKAGES = ("config", "wechat", "notifications", "backend", "miniprogram_api")
ERRORS = {"StartError", "SettingsError", "VarDirInUse"}
CHINESE = re.compile("[\u4e00-\u9fff]")
OF_OPERATORS = (
    "config",
    "notifications",
    "backend/audit",
    "backend/backups",
    "backend/catalogue/loading",
    "backend/consistency",
    "backend/files",
    "backend/organisation",
    "backend/appointments/plan",
    "miniprogram_api/process",
)
OF_ENGINEERS = {"Gauge", "Counter", "Histogram", "TypeError", "PydanticCustomError", "compile"}
OF_ENGINEERS |= {"debug", "info", "warning", "error", "exception"}
SENTENCE = re.compile(r"[A-Za-z']+ [A-Za-z']+ [A-Za-z']+")
STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|FROM|WHEN|ORDER|GRANT|SET)\b|%f")
ORDER = re.compile("[\u4e00-\u9fff].* / ")
# Parts of a sentence that stands in both, and what no command tells.
LAUNCHER = "miniprogram_api/process/launcher.py"
PARTS = {
    "backend/backups/adoption.py local all,replication all trust",
    "backend/backups/recovery.py recovery ended before configured recovery target was reached",
    "backend/catalogue/loading/assurance.py / asks for ID numbers or papers: not wechat",
    "backend/catalogue/loading/assurance.py / gives out a paper about a person: real_name",
    "backend/catalogue/loading/faults.py / a limit of law must be given",
    "backend/catalogue/loading/faults.py / must be shorter than the statutory limit to finish",
    "backend/catalogue/loading/faults.py / on the spot means decided by the unit that accepts",
    "backend/catalogue/loading/faults.py / say apart how long to answer whether it is accepted",
    "backend/catalogue/loading/faults.py case_type pauses requires",
    "backend/catalogue/loading/faults.py category flow appointment",
    "backend/catalogue/loading/faults.py category flow appointment form",
    "backend/catalogue/loading/faults.py category flow places",
    "backend/catalogue/loading/faults.py category min_assurance requires form materials",
    "backend/catalogue/loading/faults.py category notice statutory",
    "backend/catalogue/loading/faults.py department_reviews co_departments basis step_days",
    "backend/catalogue/loading/library.py / block has some of its own",
    "backend/catalogue/loading/negative_list.py / name the authority that issues it",
    "backend/catalogue/loading/procedures.py / is done on the spot, where nothing stops the clock",
    "backend/catalogue/loading/procedures.py / is done on the spot, without publicity or visit",
    "backend/catalogue/loading/procedures.py / stops no clock: put it under requires",
    "backend/catalogue/loading/procedures.py / stops the clock: put it under pauses",
    "backend/catalogue/loading/reviews.py / has days of its own, so a step of its own",
    "backend/files/faults.py error sending request",
    "backend/files/faults.py operation timed out",
    "config/calendar.py a limit cannot be negative",
    "config/client.py the transaction is over",
    "config/database.py at : database host port",
    "config/pool.py no connection in time",
    "config/setting_faults.py must be a whole number from to ge le",
    "miniprogram_api/process/closing.py Nothing was done: repeat with --yes.",
    "notifications/channels/sms/client.py no answer in time",
    "notifications/channels/sms/client.py no details in the answer",
    "notifications/channels/sms/client.py the connection broke",
    f"{LAUNCHER} loading the data",
    f"{LAUNCHER} making the demo data",
}
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


def texts(node: ast.AST, around: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.expr, str]]:
    """Each text of the code that is said in English alone, whatever it is put together of."""
    for child in ast.iter_child_nodes(node):
        told = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if told or (isinstance(child, ast.Call) and called(child) in OF_ENGINEERS):
            continue  # a docstring, or what no operator reads
        if isinstance(child, ast.JoinedStr | ast.Constant):
            text = literal(child)
            beside = any(CHINESE.search(literal(each)) for each in (child, *around))
            if SENTENCE.search(text) and not STATEMENT.search(text) and not beside:
                yield child, " ".join(text.split())
        else:
            inside = isinstance(child, ast.expr | ast.keyword)
            yield from texts(child, (*around, child) if inside else ())


def test_nothing_that_an_operator_may_read_is_in_english_alone() -> None:
    found = {
        f"{file} {text}"
        for package in PACKAGES
        for file, tree in trees(package).items()
        if file.startswith(OF_OPERATORS) and not file.endswith("/statements.py")
        for _, text in texts(tree)
    }
    assert found - PARTS == set()


def test_chinese_comes_first() -> None:
    sentences = [
        (place, literal(node.args[-1]))
        for place, node in calls()
        if called(node) in {*ERRORS, "Fault"} and node.args
    ]
    wrong = [place for place, said in sentences if " / " in said and not ORDER.search(said)]
    assert len(sentences) > 40
    assert wrong == []


def test_every_fault_that_pydantic_tells_has_words() -> None:
    """Of ours too: what nobody has put into words is `cannot be taken`."""
    given = {
        node.args[0].value
        for _, node in calls()
        if called(node) == "PydanticCustomError" and isinstance(node.args[0], ast.Constant)
    }
    assert given
    assert {
        kind
        for kind in given
        if complaints.chinese(str(kind), defaultdict(str, kind=kind)) == complaints.UNKNOWN[0]
    } == set()


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
