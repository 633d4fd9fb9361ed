"""Time is given, never taken: who asks a clock is on a short list, and says why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The sandbox stands for WeChat and has a clock of its own, which a test can move.
PACKAGES = ("backend", "config", "miniprogram_api", "models", "notifications", "wechat")
FILES = [
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
]

# The edges: what begins here takes the time once, and hands it on.
ASKED = {
    "config/clock.py": "is the clock",
    "config/logging.py": "a line of the log",
    "backend/http/routes.py": "a request: at its head, and when all of it has arrived",
    "miniprogram_api/process/staffing.py": "a command about staff or offices",
    "miniprogram_api/process/administration.py": "a load of the data files",
    "miniprogram_api/process/launcher.py": "a start",
    "miniprogram_api/process/data_files.py": "a check of the data files",
    "backend/backups/taking.py": "a backup: when it began, and when the copy was whole",
    "notifications/jobs/running.py": "a run of a periodic job",
    "notifications/channels/wechat/sending.py": "an attempt to send: when WeChat refused",
    "notifications/channels/sms/sending.py": "an attempt to send: when its provider answered",
    "notifications/channels/wecom/sending.py": "an attempt to send: when WeCom refused",
    "notifications/sending/lane.py": "an attempt to send: when WeChat answered, for the metric",
    "backend/live/hub.py": "a stream: whether its session still holds",
    "backend/catalogue/formats.py": "a format of JSON Schema, which is asked with the text alone",
    "models/base.py": "ids, which are in the order of their making",
}
# Which statements ask the database: processes on several machines, whose clocks differ, must agree.
OF_THE_DATABASE = {
    "notifications/telling/statements.py": (
        {"_HELD", "_rows", "message_rows", "WAITS"},
        "since when a copy may be claimed",
    ),
    "notifications/channels/wechat/statements.py": (
        {"REVIVE", "REVIVE_OF", "_SPEND", "SETTLE"},
        "the same, once there is a credit, and the credits that go with it",
    ),
    "notifications/sending/statements.py": (
        {"_claim", "EXPIRE", "RECORD", "LET_LAPSE", "OLDEST", "NEXT_COPIES"},
        "the queue of deliveries with the workers' leases",
    ),
    "notifications/channels/wecom/statements.py": (
        {"TAKING", "COPY"},
        "since when a card may be claimed, and how many went in the last minute",
    ),
    "notifications/jobs/statements.py": (
        {"DUE", "ENDED", "LATE"},
        "which worker's turn it is to run a job",
    ),
    "backend/idempotency/statements.py": (
        {"HOLD", "FINISH", "ANSWERED", "STORE", "once_row"},
        "how long a key is held, and its answer kept",
    ),
    "backend/identity/statements.py": (
        {"_END", "ENDED_LATELY"},
        "which sessions have ended since another process last heard",
    ),
    "backend/backups/statements.py": ({"NEW_KEYS"}, "what is new to the process that copies files"),
    "backend/consistency/people.py": ({"CHECKS"}, "the moment of the database that is audited"),
    "backend/consistency/stored.py": ({"_without_row"}, "the same"),
    "models/migrations/first/functions.py": (
        {"_CHAIN"},
        "the access log, whose time no writer can choose",
    ),
}

CALLS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localtime)"
    r"|time\.(time|time_ns|localtime|gmtime)|clock\.now|auto_now\w*)$"
)
BARE = {"now", "time_ns", "localtime"}
# A first look at the text: to parse all files takes seconds.
MAYBE = re.compile(r"\b(now|utcnow|today|time|time_ns|localtime|gmtime)\(")
SQL = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\)"
    r"|\bcurrent_(date|time|timestamp)\b|\blocaltime(stamp)?\b",
    re.IGNORECASE,
)


def asks(code: str) -> bool:
    """Whether Python asks a clock of the process."""
    return bool(MAYBE.search(code)) and any(
        CALLS.search(ast.unparse(node.func)) or ast.unparse(node.func) in BARE
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
    )


def asks_the_database(code: str) -> set[str]:
    """The names at the top of a module whose SQL asks the database's clock."""
    if not SQL.search(code):
        return set()
    return {
        _name(statement)
        for statement in ast.parse(code).body
        if any(SQL.search(text) for text in texts(statement))
    }


def texts(tree: ast.AST) -> Iterator[str]:
    """All texts but those that stand alone, such as docstrings."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    return str(getattr(statement, "name", ast.unparse(statement)))


def sources() -> Iterator[tuple[str, str]]:
    for path in FILES:
        yield str(path), (ROOT / path).read_text(encoding="utf-8")


def test_only_who_begins_something_asks_the_clock() -> None:
    assert {path for path, code in sources() if asks(code)} == set(ASKED)


def test_sql_writes_the_given_time_but_where_processes_must_agree() -> None:
    found = {path: names for path, code in sources() if (names := asks_the_database(code))}

    assert found == {path: names for path, (names, _) in OF_THE_DATABASE.items()}


def test_no_column_takes_its_time_by_itself() -> None:
    taking = [
        f"{path}:{node.lineno}"
        for path, code in sources()
        if "auto_now" in code
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
        if not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]

    assert taking == []


@pytest.mark.parametrize(
    ("code", "python", "sql"),
    [
        ("datetime.now(UTC)", True, False),
        ("dt.datetime.now()", True, False),
        ("date.today()", True, False),
        ("timezone.now()", True, False),
        ("time.time()", True, False),
        ("time(23, 59)", False, False),
        ("now()", True, False),
        ("clock.now() - begun", True, False),
        ("time.monotonic()", False, False),
        ("call.now", False, False),
        ("moment.astimezone(CITY_TIME)", False, False),
        ("SQL = 'SELECT now()'", False, True),
        ("SQL = f'SELECT {columns}, NOW() FROM t'", False, True),
        ("SQL = 'at > CURRENT_TIMESTAMP'", False, True),
        ("'as of now()'", False, False),
    ],
)
def test_what_asks_a_clock_is_seen(code: str, *, python: bool, sql: bool) -> None:
    assert (asks(code), bool(asks_the_database(code))) == (python, sql)
