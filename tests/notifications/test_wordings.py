"""Words that cannot be filled in or sent are found before anybody submits."""

from pathlib import Path

import pytest

from backend.cases.rules.told import TOLD
from config import sources
from notifications.channels.wechat.templates import templates
from notifications.telling import wordings

AGENT = "approval.submit_by_agent"
LINES = (sources.DATA / wordings.FILE).read_text(encoding="utf-8")


def told(folder: Path, text: str, replacement: str) -> list[str]:
    """What is wrong after the text's first occurrence was replaced, as `line: row: reason`."""
    assert text in LINES
    path = folder / wordings.FILE
    path.write_text(LINES.replace(text, replacement, 1), encoding="utf-8")
    bad = wordings.check(templates(), TOLD, folder.joinpath)
    return [str(row).removeprefix(f"{path}:") for row in bad]


def test_the_built_in_words_are_sound() -> None:
    assert wordings.check(templates(), TOLD) == []


@pytest.mark.parametrize(
    ("text", "replacement", "row", "reason"),
    [
        (
            "“{item}”",
            "“{itm}”",
            "approval.submit",
            "body: {itm} 不会被替换，此处可用 / is not filled in",
        ),
        (
            "“{item}”",
            "“{item.name}”",
            "approval.submit",
            "body: {item.name} 不会被替换，此处可用 / is not filled in",
        ),
        ("“{item}”", "“{item!r}”", "approval.submit", "body: {item} 花括号内只能有名称"),
        ("“{item}”", "“{item:>100000000}”", "approval.submit", "takes no format"),
        ("“{item}”", "“{}”", "approval.submit", "body: {} 不会被替换，此处可用 / is not filled in"),
        ("“{item}”", "“{item”", "approval.submit", "body: "),
        (
            "“{item}”",
            "“{due}”",
            "approval.submit",
            "body: {due} 不会被替换，此处可用 / is not filled in",
        ),
        (
            "{due}",
            "{office}",
            "approval.submit",
            "due: {office} 不会被替换，此处可用 / is not filled in",
        ),
        ('thing1: "{item}"', 'thing1: "{itm}"', AGENT, "fields.thing1: {itm}"),
        ("phrase3: 已提交", "phrase3: 已经提交了呀", AGENT, "longer than 5"),
        ("phrase3: 已提交", 'phrase3: "{item}"', AGENT, "longer than 5"),
        ("我们已收到您提交的", "请拨13912345678，已收到", "approval.submit", "personal data"),
        (
            "最晚{due}答复是否受理。\n",
            "最晚{due}答复是否受理。\n    template: case_progress\n",
            "approval.submit",
            "is for the inbox alone",
        ),
        (
            'thing1: "{item}"',
            'thing9: "{item}"',
            AGENT,
            "fields: 与模板不符 / template case_progress",
        ),
        (
            "template: case_progress",
            "template: progress",
            AGENT,
            "there is no template",
        ),
        ("template: case_progress", "tmplate: case_progress", AGENT, "no such key"),
        ("  submit:", "  sumbit:", "approval.sumbit", "nobody is told of such an action"),
        ("\napproval:", "\napprovals:", "approvals", "must be one of approval, request, enrol"),
        ("有新的办件", "有{status}办件", "staff.submit", "body: {status} 不会被替换，此处可用"),
        (
            "前答复。\n  request_supplement:",
            "{due_at}。\n  request_supplement:",
            "staff.submit",
            "due: {due_at}",
        ),
        ("title: 办件转入", "template: x\n    title: 转入", "staff.pass", "template: 不认识的字段"),
        ("title: 申请已撤回", "title: ''", "approval.withdraw", "title: 过短，至少 1 个字"),
        ("  withdraw:", "  close:", "", "'close' 重复 / is given twice"),
    ],
)
def test_a_typo_is_told_with_its_line(  # noqa: PLR0917 - a table
    tmp_path: Path, text: str, replacement: str, row: str, reason: str
) -> None:
    found = told(tmp_path, text, replacement)

    assert any(reason in line and row in line and line[0].isdigit() for line in found), found


def test_an_action_without_words_is_missing(tmp_path: Path) -> None:
    path = tmp_path / wordings.FILE
    head, _, _ = LINES.rpartition("  overdue_below:\n")
    _, absence, tail = LINES.rpartition("absence:\n")
    path.write_text(head + absence + tail, encoding="utf-8")

    [bad] = wordings.check(templates(), TOLD, tmp_path.joinpath)

    assert (bad.row, bad.reason) == ("tasks.overdue_below", "缺少这一条 / is missing")


def test_a_move_that_is_told_needs_words(tmp_path: Path) -> None:
    path = tmp_path / wordings.FILE
    path.write_text(LINES, encoding="utf-8")
    more = {**TOLD, "approval": TOLD["approval"] | {"terminate"}}

    [bad] = wordings.check(templates(), more, tmp_path.joinpath)

    assert (bad.row, bad.reason) == ("approval.terminate", "缺少这一条 / is missing")
