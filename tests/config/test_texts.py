"""Characters that nobody sees in a city's own data files: told with the line, never loaded."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from config import sources, texts
from miniprogram_api.process import data_files
from tests.cities import put, small

RLO, NUL, ZWSP = "\u202e", "\0", "\u200b"


@dataclass(frozen=True)
class Slip:
    """In a file a text's first occurrence that is replaced, and what is then told of its line."""

    file: str
    text: str
    replacement: str
    told: str


UNSEEN = [
    Slip("messages.yaml", "title: 申请已提交", 'title: "申请\\0已提交"', "U+0000"),
    Slip("messages.yaml", "申请已提交", f"申请{NUL}已提交", "U+0000"),
    Slip("offices.yaml", "name: 便民服务站", 'name: "便民\\0服务站"', "U+0000"),
    Slip("organisation/communities.csv", "第一社区", f"{NUL}第一社区", "U+0000"),
    Slip("organisation/communities.csv", "第一社区", f"{RLO}第一社区", "U+202E"),
    Slip("organisation/streets.csv", "code", f"co{ZWSP}de", "U+200B"),
    Slip("organisation/departments.yaml", "民政局", '"民政\\x07局"', "U+0007"),
    Slip("catalogue/meta.yaml", "title: ", f"title: {RLO}", "U+202E"),
    Slip("calendar/2026.yaml", "name: 元旦", f"name: 元{ZWSP}旦", "U+200B"),
    Slip("calendar/moveable.yaml", "2026: {", f"# {RLO}\n2026: {{", "U+202E"),
    Slip("catalogue/synonyms.yaml", "[", f"[甲{ZWSP}乙, ", "U+200B"),
    Slip("catalogue/topics.yaml", "[", f"[甲{ZWSP}乙, ", "U+200B"),
    Slip("catalogue/nearby.yaml", "护照", f"护{ZWSP}照", "U+200B"),
    Slip("catalogue/words.yaml", "请问", f"请{ZWSP}问", "U+200B"),
    Slip("jobs.yaml", "- ", f"# {RLO}\n- ", "U+202E"),
]
NAMES = [
    Slip("messages.yaml", "title: 申请已提交", "title: '\u3000'", "title: 不能为空"),
    Slip("messages.yaml", "title: 申请已提交", 'title: "申请\\n已提交"', "title: 不能换行"),
    Slip("offices.yaml", "name: 便民服务站", 'name: "\u3164"', "name: 不能为空"),
    Slip("offices.yaml", "name: 便民服务站", 'name: "便民\\t站"', "name: 不能换行"),
    Slip("organisation/communities.csv", "浑河湾第一社区", "\u3164", "name: 不能为空"),
    Slip("organisation/communities.csv", "浑河湾第一社区", '"浑河湾\n社区"', "name: 不能换行"),
]


def faults(city: Path, slips: list[Slip]) -> dict[str, list[str]]:
    """By file the faults that are told once these slips are made, as `line: reason`.

    Of the items the city has one department's: reading all of them is most of the work. Its own
    synonyms and topics may speak of no others.
    """
    if not {"catalogue/synonyms.yaml", "catalogue/topics.yaml"} & {slip.file for slip in slips}:
        small(city)
    for slip in slips:
        path = put(city, slip.file)
        before = (sources.DATA / slip.file).read_text(encoding="utf-8")
        assert slip.text in before
        path.write_text(before.replace(slip.text, slip.replacement, 1), encoding="utf-8")
    told: dict[str, list[str]] = {}
    for row in data_files.read().bad:
        file = row.file.removeprefix(f"{city}/")
        told.setdefault(file, []).append(str(row).removeprefix(f"{row.file}:"))
    return told


def rounds(slips: list[Slip]) -> list[list[Slip]]:
    """The slips, so shared out that none has two in one file: all of a round are read at once."""
    shared: list[list[Slip]] = []
    for slip in slips:
        for each in shared:
            if slip.file not in {other.file for other in each}:
                each.append(slip)
                break
        else:
            shared.append([slip])
    return shared


@pytest.mark.parametrize("slips", rounds(UNSEEN))
def test_an_unseen_character_is_one_fault_wherever_it_stands(city: Path, slips: list[Slip]) -> None:
    wanted = {}
    for slip in slips:
        before = (sources.DATA / slip.file).read_text(encoding="utf-8")
        line = before.count("\n", 0, before.index(slip.text)) + 1
        said = f"{slip.told}，请删去 / holds {slip.told}, which cannot be seen: remove it"
        wanted[slip.file] = [f"{line}: 含有看不见的字符 {said}"]

    assert faults(city, slips) == wanted


@pytest.mark.parametrize("slips", rounds(NAMES))
def test_a_name_is_seen_and_on_one_line(city: Path, slips: list[Slip]) -> None:
    told = faults(city, slips)

    assert told.keys() == {slip.file for slip in slips}
    for slip in slips:
        [fault] = told[slip.file]
        assert slip.told in fault


def test_each_line_is_told_once_and_the_rest_is_read() -> None:
    text, found = texts.cleaned(f"a{NUL}{RLO}\r\nb\r\n\u2028c\r\n")

    assert text == "a\r\nb\r\nc\r\n"
    assert [(line, said.split("，")[0]) for line, said in found] == [
        (1, "含有看不见的字符 U+0000"),
        (3, "含有看不见的字符 U+2028"),
    ]
