"""Characters that nobody sees in a city's own data files: told with the line, never loaded."""

import shutil
from pathlib import Path

import pytest

from config import sources, texts
from miniprogram_api.process import data_files

RLO, NUL, ZWSP = "\u202e", "\0", "\u200b"


def faults(city: Path, name: str, text: str, replacement: str) -> list[str]:
    """The faults once the text's first occurrence was replaced, as `line: reason`.

    Of the items the city has one department's: reading all of them is most of the work. Its own
    synonyms and topics may speak of no others.
    """
    if name not in {"catalogue/synonyms.yaml", "catalogue/topics.yaml"}:
        items = city / "catalogue" / "items"
        items.mkdir(parents=True)
        shutil.copy(sources.DATA / "catalogue" / "items" / "CG.yaml", items)
    path = city / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(sources.DATA / name, path)
    before = path.read_text(encoding="utf-8")
    assert text in before
    path.write_text(before.replace(text, replacement, 1), encoding="utf-8")
    return [str(row).removeprefix(f"{path}:") for row in data_files.read().bad]


@pytest.mark.parametrize(
    ("name", "text", "replacement", "character"),
    [
        ("messages.yaml", "title: 申请已提交", 'title: "申请\\0已提交"', "U+0000"),
        ("messages.yaml", "申请已提交", f"申请{NUL}已提交", "U+0000"),
        ("offices.yaml", "name: 便民服务站", 'name: "便民\\0服务站"', "U+0000"),
        ("organisation/communities.csv", "第一社区", f"{NUL}第一社区", "U+0000"),
        ("organisation/communities.csv", "第一社区", f"{RLO}第一社区", "U+202E"),
        ("organisation/streets.csv", "code", f"co{ZWSP}de", "U+200B"),
        ("organisation/departments.yaml", "民政局", '"民政\\x07局"', "U+0007"),
        ("catalogue/meta.yaml", "title: ", f"title: {RLO}", "U+202E"),
        ("calendar/2026.yaml", "name: 元旦", f"name: 元{ZWSP}旦", "U+200B"),
        ("calendar/moveable.yaml", "2026: {", f"# {RLO}\n2026: {{", "U+202E"),
        ("catalogue/synonyms.yaml", "[", f"[甲{ZWSP}乙, ", "U+200B"),
        ("catalogue/topics.yaml", "[", f"[甲{ZWSP}乙, ", "U+200B"),
        ("catalogue/nearby.yaml", "护照", f"护{ZWSP}照", "U+200B"),
        ("catalogue/words.yaml", "请问", f"请{ZWSP}问", "U+200B"),
        ("jobs.yaml", "- ", f"# {RLO}\n- ", "U+202E"),
    ],
)
def test_an_unseen_character_is_one_fault_wherever_it_stands(
    *, city: Path, name: str, text: str, replacement: str, character: str
) -> None:
    told = faults(city, name, text, replacement)

    before = (sources.DATA / name).read_text(encoding="utf-8")
    line = before.count("\n", 0, before.index(text)) + 1
    said = f"{character}，请删去 / holds {character}, which cannot be seen: remove it"
    assert told == [f"{line}: 含有看不见的字符 {said}"]


@pytest.mark.parametrize(
    ("name", "text", "replacement", "reason"),
    [
        ("messages.yaml", "title: 申请已提交", "title: '\u3000'", "title: 不能为空"),
        ("messages.yaml", "title: 申请已提交", 'title: "申请\\n已提交"', "title: 不能换行"),
        ("offices.yaml", "name: 便民服务站", 'name: "\u3164"', "name: 不能为空"),
        ("offices.yaml", "name: 便民服务站", 'name: "便民\\t站"', "name: 不能换行"),
        ("organisation/communities.csv", "浑河湾第一社区", "\u3164", "name: 不能为空"),
        ("organisation/communities.csv", "浑河湾第一社区", '"浑河湾\n社区"', "name: 不能换行"),
    ],
)
def test_a_name_is_seen_and_on_one_line(
    *, city: Path, name: str, text: str, replacement: str, reason: str
) -> None:
    [fault] = faults(city, name, text, replacement)

    assert reason in fault


def test_each_line_is_told_once_and_the_rest_is_read() -> None:
    text, found = texts.cleaned(f"a{NUL}{RLO}\r\nb\r\n\u2028c\r\n")

    assert text == "a\r\nb\r\nc\r\n"
    assert [(line, said.split("，")[0]) for line, said in found] == [
        (1, "含有看不见的字符 U+0000"),
        (3, "含有看不见的字符 U+2028"),
    ]
