"""SQL is easy to find: it stands in the `statements.py` of its room, with what it locks."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The checks of consistency are lists of statements; numbers are a module by itself.
APART = {"backend/consistency", "backend/numbers.py"}
MODULES = [
    path
    for package in ("backend", "notifications")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not APART & {str(each.relative_to(ROOT)) for each in (path, path.parent)}
]
SQL = re.compile(
    r"\s*(WITH \w+ AS\b|SELECT\s|INSERT INTO\s|UPDATE \S+( \w+)?\s+SET\s|DELETE FROM\s|LOCK TABLE)"
)
# A first look at the text: to parse all files takes seconds.
MAYBE = re.compile(r"WITH|SELECT|INSERT|UPDATE|DELETE|LOCK")
LOCKS = re.compile(r"FOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)|pg_(try_)?advisory|LOCK TABLE")


def text_of(node: ast.AST) -> str:
    """The text of a string, with a word in place of each value that is put in."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(parts):
            return "".join(text_of(part) or "value" for part in parts)
        case _:
            return ""


def statements(source: str) -> dict[int, str]:
    """The SQL statements of a module, by line."""
    found: dict[int, str] = {}
    for node in ast.walk(ast.parse(source)) if MAYBE.search(source) else ():
        if isinstance(node, ast.Constant | ast.JoinedStr) and SQL.match(text := text_of(node)):
            # The whole of an f-string comes before its parts.
            found.setdefault(node.lineno, text)
    return found


def explained(source: str, line: int) -> bool:
    """Whether a comment of its paragraph says what a statement locks."""
    lines = source.splitlines()
    paragraph = []
    for above in reversed(lines[:line]):
        if not above.strip():
            break
        paragraph.append(above)
    return any("lock" in each.lower() for each in paragraph if each.startswith("#"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_stands_in_statements_only_and_says_what_it_locks(path: Path) -> None:
    source = path.read_text()
    found = statements(source)
    locking = [line for line, text in found.items() if LOCKS.search(text)]

    assert path.name == "statements.py" or not found
    assert [line for line in locking if not explained(source, line)] == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            'async def one(key):\n    return await rows("SELECT id FROM slot WHERE id = $1")',
            [2],
        ),
        ('READ = f"""\nWITH mine AS (SELECT 1) SELECT {columns} FROM mine"""', [1]),
        ('LOCK = "UPDATE task t SET assignee_id = NULL"', [1]),
        ('SAID = "Select one of them", "Update your profile, and set a name"', []),
    ],
)
def test_a_statement_is_told_from_prose(source: str, lines: list[int]) -> None:
    assert list(statements(source)) == lines


def test_a_lock_is_explained_in_its_own_paragraph() -> None:
    source = '# Locks the slot.\nA = "…"\nB = "…"\n\nC = "…"'

    assert [explained(source, line) for line in (2, 3, 5)] == [True, True, False]
