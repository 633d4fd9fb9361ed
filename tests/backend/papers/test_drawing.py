"""What comes out of the typesetter."""

from typing import Any, cast

import pytest

from backend.papers import content, drawing, trial
from backend.papers.content import Content
from backend.papers.refusals import PapersBusy
from backend.papers.wording import words
from tests.backend.papers import printed

SAMPLES = dict(trial.samples())
NAMES = list(SAMPLES)


async def draw(paper: Content) -> bytes:
    return await drawing.draw(paper, words().common.layout)


@pytest.mark.parametrize("name", NAMES)
async def test_a_paper_says_all_that_it_was_given(name: str) -> None:
    paper = SAMPLES[name]

    said = printed.text(await draw(paper))

    assert [text for text in texts(paper) if "".join(text.split()) not in said] == []
    assert "{" not in said
    assert "𠮷䶮" in said


async def test_the_same_content_makes_the_same_bytes_in_any_helper() -> None:
    first = await draw(SAMPLES["approval.decision_denied"])
    drawing.helpers.close()

    assert await draw(SAMPLES["approval.decision_denied"]) == first


async def test_a_paper_is_for_the_archive_and_for_who_cannot_see() -> None:
    pdf = await draw(SAMPLES["approval.acceptance"])

    with printed.opened(pdf) as document, document.open_metadata() as told:
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
        assert told["pdfuaid:part"] == "1"
        assert told["dc:title"] == f"受理通知书 {trial.NUMBER}"
        root = document.Root
        assert root.Lang == "zh-CN"
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
    assert len(pdf) < 150_000


async def test_the_whole_font_is_embedded_only_for_a_character_that_is_rare() -> None:
    common: Content = {**SAMPLES["approval.acceptance"], "addressee": "欧阳建国："}

    assert embedded(await draw(common)) == {"YikouSansSC-Regular", "YikouSansSC-Bold"}
    assert "NotoSansCJKsc-Thin" in embedded(await draw(SAMPLES["approval.acceptance"]))


async def test_what_the_font_lacks_is_marked_and_named() -> None:
    paper: Content = {**SAMPLES["approval.acceptance"], "addressee": "欧阳\U0002ceb5🧧\ufe0f："}

    said = printed.text(await draw(paper))

    assert "欧阳〓〓：" in said
    assert "U+1F9E7、U+2CEB5" in said


async def test_many_defects_go_over_pages_with_the_head_repeated() -> None:
    reason = "请写明家庭收支情况。" * 20
    rows = [["申请内容：申请理由", f"第{number}处：{reason}"] for number in range(30)]
    paper: Content = {
        **SAMPLES["approval.supplement_notice"],
        "table": content.defects(rows),
        "addressee": "长" * 200 + "：",
    }

    pdf = await draw(paper)

    said = printed.text(pdf)
    with printed.opened(pdf) as document:
        pages = len(document.pages)
    assert pages > 2
    assert said.count("补正要求") == pages
    assert f"第{pages}页，共{pages}页" in said
    assert all(f"第{number}处：" in said for number in range(30))


async def test_text_is_never_taken_for_the_layouts_own_language() -> None:
    wicked = '#read("layout_1.typ") $x$ *b* _i_ \\ @a <b> "q" // c'
    paper: Content = {**SAMPLES["approval.acceptance"], "addressee": wicked}

    assert "".join(wicked.split()) in printed.text(await draw(paper))


async def test_more_than_may_wait_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing.places, "most", 0)

    with pytest.raises(PapersBusy):
        await draw(SAMPLES["approval.acceptance"])


async def test_a_layout_that_cannot_draw_is_told_and_the_next_paper_is_drawn() -> None:
    broken = cast("Content", {**SAMPLES["approval.acceptance"], "day": []})

    with pytest.raises(drawing.LayoutFaultyError):
        await draw(broken)
    assert await draw(SAMPLES["approval.acceptance"])


def embedded(pdf: bytes) -> set[str]:
    """The fonts of a paper; each is there as a subset, whose name begins with six letters."""
    with printed.opened(pdf) as document:
        fonts = [font for page in document.pages for font in page.resources.Font.values()]
        return {str(font.BaseFont).partition("+")[2] for font in fonts}


def texts(value: Any) -> list[str]:
    """All texts but those that are no words of the paper itself."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if isinstance(value, dict):
        words_of = [each for name, each in value.items() if name not in {"missing", "alt"}]
        return texts(words_of)
    return []
