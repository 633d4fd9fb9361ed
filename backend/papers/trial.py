"""Every paper drawn once with made-up contents, to see whether the city's words and layout do."""

from collections.abc import Iterator
from datetime import date

from backend.papers import content, drawing
from backend.papers.composing import Ready
from backend.papers.content import Content
from backend.papers.drawing import LayoutFaultyError
from backend.papers.wording import FILE, WORDS, words
from models import PaperKind

DAY = date(2026, 11, 26)
CODE = "K7QM9X2HT4RW8BEL"
NUMBER = "沈和民决字〔2026〕第000123号"
# With characters of names that many fonts lack.
ADDRESSEE = "欧阳𠮷䶮（公民身份号码2****************6）"
TYPE = "行政许可"
_SAMPLES = {
    "item": "最低生活保障审核确认",
    "unit": "沈阳市和平区民政局",
    "received_by": "沈阳市沈河区滨河第一社区",
    "department": "沈阳市和平区民政局",
    "community": "沈阳市和平区浑河湾第一社区",
    "receiving": "沈阳市沈河区滨河第一社区",
    "reason": "家庭月人均收入为2860元，高于本市城市居民最低生活保障标准。\n家庭名下有商品房两套。",
    "reconsideration": "沈阳市和平区人民政府",
    "court": "沈阳市和平区人民法院",
}
_TABLES = {
    "materials": content.materials({"居民身份证": 1, "家庭经济状况核对授权书": 2}),
    "defects": content.defects([["居民身份证", "照片模糊，请重新拍摄"]] * 3),
}


def samples() -> Iterator[tuple[str, Content]]:
    """Each paper of the files by its name, such as approval.acceptance."""
    said = words()
    for (flow, name), wording in said.papers.items():
        paper = Ready(
            kind=PaperKind(name.removesuffix("_approved").removesuffix("_denied")),
            words=said,
            wording=wording,
            item_type=TYPE,
            unit_code="",
            series="",
            day=DAY,
            addressee=ADDRESSEE,
            table=_TABLES.get(wording.table or ""),
            values=_values(),
        )
        yield f"{flow}.{name}", paper.says(number=NUMBER, code=CODE)


async def faults() -> list[str]:
    """A sentence for each paper that the layout can't draw."""
    said = words()
    found = []
    for name, paper in samples():
        try:
            await drawing.draw(paper, said.common.layout)
        except LayoutFaultyError as error:
            layout = f"{FILE.rpartition('/')[0]}/layout_{said.common.layout}.typ"
            found.append(f"{layout}: {name}: 无法排版 / cannot be drawn: {error}")
    return found


def _values() -> dict[str, str]:
    day = content.chinese(DAY)
    return {word: _SAMPLES.get(word, day) for word in WORDS}
