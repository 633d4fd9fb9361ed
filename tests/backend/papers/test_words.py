"""The city's own words for the papers, and what is said of faults in them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.papers import drawing, trial, wording
from config.settings import settings
from config.sources import DATA, BadRow

OURS = (DATA / wording.FILE).read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The city's own file, as ours until a test changes it."""
    own = tmp_path / wording.FILE
    own.parent.mkdir()
    own.write_text(OURS, encoding="utf-8")
    monkeypatch.setenv("YIKOU_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    wording.words.cache_clear()
    yield own
    monkeypatch.undo()
    settings.cache_clear()
    wording.words.cache_clear()


FAULTS = [
    (("{statutory_due}", "{due}"), "approval.acceptance", "{due}"),
    (("{statutory_due}", "{statutory_due"), "approval.acceptance", "花括号"),
    (("    title: 报名凭证\n", ""), "enrol.receipt", "title"),
    (("  receipt:\n    title: 报名凭证", "  slip:\n    title: 报名凭证"), "enrol.receipt", "缺少"),
    (("layout: 1\n", "layout: 7\n"), "layout", "layout_7.typ"),
    (("{place}人民政府", "{plac}人民政府"), "remedies", "{plac}"),
    (("{place}人民法院", "{unit}人民法院"), "remedies", "{unit}"),
    (("于{day}收到的", "于{place}收到的"), "remedies", "{place}"),
    (("（向{reconsideration}提出）", "（向{reconsideration!r}提出）"), "remedies", "不能有格式"),
    (("没有的字：{characters}", "没有的字：{day}"), "missing", "{day}"),
    (("anybody: 申请人\n", ""), "", "anybody"),
]


@pytest.mark.parametrize(("change", "row", "said"), FAULTS)
def test_a_fault_is_told_with_its_place(
    file: Path, change: tuple[str, str], row: str, said: str
) -> None:
    right, wrong = change
    assert right in OURS
    file.write_text(OURS.replace(right, wrong), encoding="utf-8")
    bad: list[BadRow] = []

    assert wording.read(bad) is None

    assert any(each.row == row and said in str(each) for each in bad), [*map(str, bad)]
    assert all(each.file == str(file) for each in bad)


def test_what_is_not_yaml_is_told_once_with_its_line(file: Path) -> None:
    file.write_text(OURS.replace("approval:\n", "approval\n", 1), encoding="utf-8")
    bad: list[BadRow] = []

    assert wording.read(bad) is None

    assert len(bad) == 1, [*map(str, bad)]
    assert bad[0].line
    assert "YAML" in bad[0].reason


@pytest.fixture
def helpers() -> Iterator[None]:
    """None that has read other data files, or that reads those of this test later on."""
    drawing.helpers.close()
    yield
    drawing.helpers.close()


def test_a_citys_words_and_layout_are_drawn_and_a_faulty_one_is_told(
    file: Path, helpers: None
) -> None:
    file.write_text(OURS.replace("layout: 1\n", "layout: 2\n"), encoding="utf-8")
    layout = file.with_name("layout_2.typ")
    ours = (DATA / wording.FOLDER / "layout_1.typ").read_text(encoding="utf-8")
    layout.write_text(ours, encoding="utf-8")
    assert asyncio.run(trial.faults()) == []

    drawing.helpers.close()
    layout.write_text(ours.replace("paper.seal", "paper.stamp"), encoding="utf-8")

    told = asyncio.run(trial.faults())
    assert len(told) == len(list(trial.samples()))
    assert "layout_2.typ: approval.receipt" in told[0]
    assert "stamp" in told[0]
