"""Data files as people save them: what can be read is read, and the rest is told with its line."""

from functools import partial
from pathlib import Path
from typing import Annotated

import pytest
import yaml

from config import sources
from config.complaints import TEXT_OR_BOOL
from config.sources import BadRow, Entries, Rows, line_of, read_yaml, take
from config.tables import read_csv
from config.texts import UNLIKE

COLUMNS = ("code", "name")
ROWS = "code,name\n210102001001,浑河湾社区\n"


class Row(sources.Row):
    code: str
    name: str
    names: Annotated[list[str], UNLIKE] = []
    rest: dict[str, float] = {}
    answer: Annotated[str | bool, TEXT_OR_BOOL] = False


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_as_editors_and_excel_save_it(
    tmp_path: Path, encoding: str, end: str
) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(ROWS.replace("\n", end).encode(encoding))
    bad: list[BadRow] = []

    assert read_csv(path, bad, COLUMNS) == [(2, {"code": "210102001001", "name": "浑河湾社区"})]
    assert not bad


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_yaml_file_is_read_likewise(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("名称: 便民服务站\n".encode(encoding))
    bad: list[BadRow] = []

    assert read_yaml(path, bad) == {"名称": "便民服务站"}
    assert not bad


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "是空的 / is empty"),
        (b"# only a comment\n", 1, "是空的 / is empty"),
        (b"- a\n", 1, "must hold a mapping"),
        (b"word", 1, "应为“名称: 值” / must hold a mapping"),
        (b"a: 1\nb:\n\t- c\n", 3, "found character that cannot start any token"),
        (b"a: 1\nb: [1, 2\n", 3, "did not find expected"),
        (b"a: \x81\xff\xff\n", 0, "is neither UTF-8 nor GBK"),
        (b"a: !!python/object:os.system x\n", 1, "could not determine a constructor"),
    ],
)
def test_a_broken_yaml_file_is_one_bad_row(
    tmp_path: Path, content: bytes, line: int, reason: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    bad: list[BadRow] = []

    assert read_yaml(path, bad) == {}
    [told] = bad
    assert (told.file, told.line) == (str(path), line)
    assert reason in told.reason


def test_a_key_given_twice_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\na: 2\nb: 3\nb: 4\nc: 5\n", encoding="utf-8")
    bad: list[BadRow] = []

    assert read_yaml(path, bad) == {"a": 1, "b": 3, "c": 5}
    assert [(each.line, each.reason) for each in bad] == [
        (2, "'a' 重复 / is given twice"),
        (4, "'b' 重复 / is given twice"),
    ]


def test_a_date_that_does_not_exist_is_a_text_and_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 2026-13-01\nb: 2026-02-30 25:00:00\nc: 5\nc: 6\n", encoding="utf-8")
    bad: list[BadRow] = []

    assert read_yaml(path, bad) == {"a": "2026-13-01", "b": "2026-02-30 25:00:00", "c": 5}
    assert [(each.line, each.reason) for each in bad] == [(4, "'c' 重复 / is given twice")]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    bad: list[BadRow] = []

    assert read_yaml(tmp_path / "no.yaml", bad, Entries) == []
    assert read_csv(tmp_path / "no.csv", bad, COLUMNS) == []
    assert read_csv(tmp_path, bad, COLUMNS) == []
    assert [each.reason for each in bad] == [
        "缺少这个文件 / is missing",
        "缺少这个文件 / is missing",
        "无法读取 / cannot be read: Is a directory",
    ]


def test_rows_of_a_csv_keep_their_lines_whatever_stands_between(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("# a sample\ncode,name\n\n1,一\n# more\n,,\n2,二,三\n3\n4,\n", encoding="utf-8")
    bad: list[BadRow] = []

    assert read_csv(path, bad, COLUMNS) == [
        (4, {"code": "1", "name": "一"}),
        (9, {"code": "4", "name": ""}),
    ]
    assert [str(each) for each in bad] == [
        f"{path}:7: 有 3 列，而表头为 2 列 / has 3 columns, and the heading 2",
        f"{path}:8: 有 1 列，而表头为 2 列 / has 1 columns, and the heading 2",
    ]


def test_a_fault_inside_is_told_with_the_line_it_stands_on(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- code: a\n  name: b\n- code: c\n  name: 3\n  nmae: d\n", encoding="utf-8")
    bad: list[BadRow] = []
    entries = read_yaml(path, bad, Entries)

    for number, content in enumerate(entries):
        at = BadRow("a.yaml", str(number), "", line_of(entries, [number]))
        take(Row, content, at=at, bad=bad)

    assert [str(each) for each in bad] == [
        "a.yaml:4: 1: name: 应为文字 / must be text (put it in quotes)",
        "a.yaml:5: 1: nmae: 不认识的字段 / there is no such key",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "是空的 / is empty"),
        ("{code: a, x: b}", "x: 不认识的字段，是否为 name？"),
        ("{code: a, 1: b}", "1: 不认识的字段，是否为 name？"),
        ("{code: a, name: b, 1: c}", "1: 名称应为文字"),
        ("{code: a, name: b, names: [c, d, c]}", "names: c 重复 / c is given twice"),
        ("{code: a, name: b, rest: {c: .inf}}", "rest.c: 应为数字"),
        ("{code: a, name: b, answer: {c: d}}", "answer: 应为文字，或是、否"),
    ],
)
def test_one_fault_of_a_row_is_told_once(text: str, said: str) -> None:
    bad: list[BadRow] = []

    assert take(Row, yaml.safe_load(text), at=BadRow("a.yaml", "", ""), bad=bad) is None

    [told] = bad
    assert told.reason.startswith(said)


def test_a_citys_own_file_stands_for_the_built_in_one(city: Path) -> None:
    own = city / "catalogue" / "blocks.yaml"
    own.parent.mkdir()
    own.touch()

    assert sources.find("catalogue/blocks.yaml") == own
    assert sources.find("catalogue/meta.yaml") == sources.DATA / "catalogue" / "meta.yaml"
    assert sources.find("catalogue/items") == sources.DATA / "catalogue" / "items"


@pytest.mark.parametrize(
    ("sign", "said"),
    [(";", "分号 / "), ("\t", "制表符 / "), ("，", "中文逗号 / "), ("；", "中文分号 / ")],
)
def test_a_csv_without_commas_is_one_bad_row(tmp_path: Path, sign: str, said: str) -> None:
    path = tmp_path / "units.csv"
    path.write_text("# 单位\n" + ROWS.replace(",", sign), encoding="utf-8")
    bad: list[BadRow] = []

    assert read_csv(path, bad, COLUMNS) == []
    [told] = bad
    assert told.line == 2
    assert said in told.reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_told_as_such(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "units"
    path.write_bytes(("\ufeff" if encoding != "utf-16" else "").encode(encoding))
    path.write_bytes(path.read_bytes() + ROWS.encode(encoding))
    for read in (partial(read_csv, columns=COLUMNS), read_yaml):
        bad: list[BadRow] = []
        assert not read(path, bad)
        [told] = bad
        assert "UTF-16，请另存为 UTF-8" in told.reason


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('code,name\n1,"一\n二"\n2,三\n', [(2, "1", "一\n二"), (4, "2", "三")]),
        ('# "a\ncode,name\n1,"一\n# 二\n\n三"\n# x\n2,四\n',
         [(3, "1", "一\n# 二\n\n三"), (8, "2", "四")]),
        ('"# a, ""b""",\ncode,name\n1,一\n', [(3, "1", "一")]),
        ("code,name,\n1,一,\n2,二\n", [(2, "1", "一"), (3, "2", "二")]),
        ("code,,name\n1,,一\n", [(2, "1", "一")]),
        ("name , code\n一,1,,\n", [(2, "1", "一")]),
    ],
)  # fmt: skip
def test_a_csv_is_read_with_the_lines_it_has(
    tmp_path: Path, text: str, rows: list[tuple[int, str, str]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []

    found = read_csv(path, bad, COLUMNS)

    assert [(line, row["code"], row["name"]) for line, row in found] == rows
    assert not bad


MANY = "".join(f"{n},第{n}\n" for n in range(300))
QUOTE = "引号没有成对"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f'code,name\n1,"一\n{MANY}', 2, QUOTE),
        (f'code,name\n1,"一\n2,"二"\n{MANY}', 2, QUOTE),
        (f'code,name\n{MANY * 30}1,"一\n{MANY * 30}', 9002, QUOTE),
        (MANY, 1, "表头须为 code,name / the heading must be code,name, not 0,第0"),
        (f"code,nmae\n{MANY}", 1, "the heading must be code,name, not code,nmae"),
        (f"code,name,code\n{MANY}", 1, "not code,name,code"),
        (f"code,name,note\n{MANY}", 1, "not code,name,note"),
        (f"code\n{MANY}", 1, "not code"),
        ("code,name,\n" + MANY.replace("\n", ",x\n"), 1, "第 3 列没有名称 / column 3 has no name"),
        ("code,name\n" + MANY.replace("\n", ",x\n"), 2, "有 3 列，而表头为 2 列"),
        ("# 单位\ncode,name\n# 1,一\n", 2, "表头下没有任何数据 / holds nothing below its heading"),
    ],
)
def test_one_fault_of_a_csv_is_one_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []

    assert read_csv(path, bad, COLUMNS) == []
    [told] = bad
    assert told.line == line
    assert reason in told.reason


def test_a_bad_row_is_one_line_that_can_be_read() -> None:
    told = str(BadRow("a.csv", "1\n" + "一" * 38_000, "二" * 38_000, 2))

    assert "\n" not in told
    assert len(told) < 700


@pytest.mark.parametrize(("text", "kind"), [("{}", Rows), ("[]", Entries)])
def test_a_list_without_entries_is_refused_where_all_would_end(
    tmp_path: Path, text: str, kind: type[Rows] | type[Entries]
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []

    assert read_yaml(path, bad, kind) == kind()
    assert not bad
    assert read_yaml(path, bad, kind, filled=True) == kind()
    assert [each.reason for each in bad] == ["是空的 / is empty"]
