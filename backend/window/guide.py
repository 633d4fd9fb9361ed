"""What a template's second sheet says: how each column is filled in."""

from typing import Any

from backend.catalogue.versions import ItemVersion
from backend.window.cells import MOST_ROWS
from backend.window.columns import SHOWN_ENTRIES, Column

_HOW = {
    "text": "文本",
    "number": "数字",
    "date": "日期，如 2026-03-09",
    "month": "年月，如 2026-03",
    "choice": "选一项",
    "choices": "可选多项，用顿号隔开",
    "files": "在本窗口上传后得到的文件 id；几个文件用空格隔开",
}
_FORMATS = {"number": "number", "date": "date"}
_OWN = {
    "person.community_code": "12 位社区编码",
    "consent.kind": "不填为口头同意；签名和书面同意须附照片",
    "agent.name": "他人代为到场时填写；没有代办人的，代办人各栏都不填",
}
_NOTES = (
    f"每人一行，至多 {MOST_ROWS} 行；同一人只能有一行。栏目的顺序可以调整，方括号中的名称不要改。",
    "请填写值，不要用公式；不要合并单元格、隐藏有内容的行或列，工作表“申请表”以外的内容不会读取。",
    "号码请用文本格式填写：存成数字会丢失开头的 0 和第 15 位以后的数字。",
    f"列表的每一项各有一组栏目，名称中的数字从 0 开始；模板有前 {SHOWN_ENTRIES} 项，可以照样添加。",
    "先试运行：逐行说明有无问题，不会提交。",
)


def of(item: ItemVersion, columns: list[Column]) -> dict[str, Any]:
    """What `workbooks.written` takes."""
    title, head = (f"{item.name}（{item.code}）", "", ""), ("栏目", "必填", "怎样填写")
    rows = [(column.head, "是" if column.required else "", _how(column)) for column in columns]
    return {
        "columns": [
            {
                "head": column.head,
                "title": column.title,
                "format": _FORMATS.get(column.kind, "text"),
                "choices": [*column.choices] if column.kind == "choice" else [],
            }
            for column in columns
        ],
        "guide": [title, *((note, "", "") for note in _NOTES), head, *rows],
    }


def _how(column: Column) -> str:
    said = [_OWN.get(column.path, _HOW[column.kind]), "、".join(column.choices)]
    return "：".join(part for part in said if part)
