"""The bodies of calls that do many things: how many, and each once."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from backend.http.body import Body
from backend.staff_api.batch_rows import BatchRow, FileBatch
from backend.staff_api.filters import SaveFilter
from backend.staff_api.many_cases import MOST, ActOnCases
from backend.staff_api.tasks import AssignTasks, ReleaseTask
from backend.window.cells import MOST_ROWS

BATCH: dict[str, Any] = {"item_code": "SP-MZ-001", "dry_run": True}
ACT: dict[str, Any] = {"action": "accept"}
ASSIGN: dict[str, Any] = {"staff_id": None, "reason": "调整"}


def cases(number: int, **changed: Any) -> list[dict[str, Any]]:
    return [{"id": str(uuid4()), "version": 1} | changed for _ in range(number)]


def faults(model: type[Body], values: dict[str, Any]) -> list[tuple[str, str]]:
    """What a body is refused for: where, and the fault; nothing where it is taken."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        return [(".".join(map(str, each["loc"])), each["type"]) for each in told]
    return []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([{}], []),
        ([{}] * MOST_ROWS, []),
        ([{}] * (MOST_ROWS + 1), [("rows", "too_many_rows")]),
        ({}, [("rows", "list_type")]),
        # A list within a row that is too long is no table that is.
        (
            [{"materials": [{"material_code": "a", "file_id": str(uuid4())}] * 51}],
            [("rows.0.materials", "too_long")],
        ),
        ([{"more": 1}], [("rows.0.more", "extra_forbidden")]),
        (
            [{}, {"community_code": "21010200100"}],
            [("rows.1.community_code", "string_pattern_mismatch")],
        ),
        ([{"person_id": "x"}], [("rows.0.person_id", "uuid_parsing")]),
        ([{"consent": {"kind": "none"}}], [("rows.0.consent.kind", "enum")]),
        ([{"agent": {"name": "李四"}}], [("rows.0.agent.relation", "missing")]),
    ],
)
def test_a_batch_has_so_many_rows_and_each_row_its_fields(
    rows: Any, expected: list[tuple[str, str]]
) -> None:
    assert faults(FileBatch, BATCH | {"rows": rows}) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (None, []),
        ({"format": "csv", "content": "YQ=="}, []),
        ({"format": "xlsx", "content": "YQ=="}, []),
        ({"format": "ods", "content": "YQ=="}, [("table.format", "literal_error")]),
        ({"format": "csv", "content": ""}, [("table.content", "string_too_short")]),
    ],
)
def test_a_table_is_of_a_known_format(table: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(FileBatch, BATCH | {"table": table}) == expected


@pytest.mark.parametrize("name", BATCH)
def test_what_a_batch_must_say(name: str) -> None:
    assert faults(FileBatch, {key: BATCH[key] for key in BATCH if key != name}) == [
        (name, "missing")
    ]


def test_a_row_is_empty_unless_it_says_otherwise() -> None:
    row = BatchRow.model_validate({})
    assert (row.person, row.person_id, row.form, row.materials) == (None, None, {}, [])
    assert (row.consent, row.agent, row.community_code) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (cases(1), []),
        (cases(MOST), []),
        (cases(MOST + 1), [("cases", "too_long")]),
        ([], [("cases", "too_short")]),
        (cases(1, id="01996f1e-7c3a-7b55-9c1e-3f0a2b4c5d6e") * 2, [("cases", "twice")]),
        (cases(1, version=0), [("cases.0.version", "greater_than_equal")]),
        (cases(1, version=1_000_000), []),
        (cases(1, version=1_000_001), [("cases.0.version", "less_than_equal")]),
        (cases(1, version="1"), [("cases.0.version", "int_type")]),
        (cases(1, id="x"), [("cases.0.id", "uuid_parsing")]),
    ],
)
def test_of_many_cases_each_is_named_once_with_its_version(
    given: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    assert faults(ActOnCases, ACT | {"cases": given}) == expected


@pytest.mark.parametrize("action", ["withdraw", "supplement", "submit", "note", "transfer", ""])
def test_only_what_staff_do_alike_to_many_is_done_to_many(action: str) -> None:
    given = {"action": action, "cases": cases(1)}
    assert faults(ActOnCases, given) == [("action", "literal_error")]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"task_ids": [uuid4()]}, []),
        ({"task_ids": [uuid4() for _ in range(500)]}, []),
        ({"task_ids": [uuid4() for _ in range(501)]}, [("task_ids", "too_long")]),
        ({"task_ids": []}, [("task_ids", "too_short")]),
        ({"task_ids": [uuid4()], "reason": ""}, [("reason", "string_too_short")]),
        ({"task_ids": [uuid4()], "reason": " \n"}, [("reason", "string_pattern_mismatch")]),
        ({"task_ids": [uuid4()], "reason": "a" * 200}, []),
        ({"task_ids": [uuid4()], "reason": "a" * 201}, [("reason", "string_too_long")]),
    ],
)
def test_tasks_are_assigned_with_a_reason(
    changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(AssignTasks, ASSIGN | changed) == expected


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        (None, None),
        ("a" * 64, None),
        ("a" * 65, "string_too_long"),
        ("", "string_too_short"),
        ("\t ", "string_pattern_mismatch"),
    ],
)
def test_a_task_is_released_with_a_reason_or_without(reason: str | None, fault: str | None) -> None:
    assert [kind for _, kind in faults(ReleaseTask, {"reason": reason})] == (
        [fault] if fault else []
    )


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"name": "名" * 20}, None),
        ({"name": "名" * 21}, ("name", "string_too_long")),
        ({"name": ""}, ("name", "string_too_short")),
        ({"name": "  "}, ("name", "string_pattern_mismatch")),
        ({"name": "a\nb"}, ("name", "one_line")),
        ({"scope": "mine", "sort": "due", "light": "red"}, None),
        ({"scope": "all"}, ("scope", "literal_error")),
        ({"sort": "name"}, ("sort", "literal_error")),
        ({"light": "blue"}, ("light", "enum")),
        ({"from": "2026-03-09", "to": "2026-03-01"}, None),
        ({"from": "2026-02-30"}, ("from", "date_from_datetime_parsing")),
        ({"item": "a" * 51}, ("item", "string_too_long")),
        ({"unit": "a" * 25}, ("unit", "string_too_long")),
    ],
)
def test_a_filter_is_kept_under_a_short_name_on_one_line(
    changed: dict[str, Any], fault: tuple[str, str] | None
) -> None:
    assert faults(SaveFilter, {"name": "今天到期"} | changed) == ([fault] if fault else [])
