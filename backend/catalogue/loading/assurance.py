"""How surely an applicant must be known for an item, and which items ask it of too few."""

from collections.abc import Iterator

from backend.catalogue.categories import Category
from backend.catalogue.loading.fault import Fault
from backend.catalogue.loading.library import Library
from backend.catalogue.loading.rows import Item, Kind, Question
from models import Assurance

_USUAL = {
    Category.BENEFIT: Assurance.REAL_NAME,
    Category.CERTIFICATE: Assurance.REAL_NAME,
    Category.REGISTRATION: Assurance.REAL_NAME,
    Category.INFORMATION: Assurance.WECHAT,
}


def least(item: Item) -> Assurance:
    """The item's own word, or else what its category asks for."""
    return item.min_assurance or _USUAL.get(item.category, Assurance.PHONE)


def faults(item: Item, library: Library) -> Iterator[Fault]:
    """A paper about somebody given to anybody, or numbers and papers asked of somebody unknown."""
    level = least(item)
    if level is not Assurance.REAL_NAME and any(one.kind == "result" for one in item.requires):
        said = "min_assurance: 出具个人的结果文件，须为 real_name"
        yield Fault(f"{said} / gives out a paper about a person: real_name", ("min_assurance",))
    if level is Assurance.WECHAT and _personal(item, library):
        said = "min_assurance: 收取证件或身份证号，不能为 wechat"
        yield Fault(f"{said} / asks for ID numbers or papers: not wechat", ("min_assurance",))


def _personal(item: Item, library: Library) -> bool:
    blocks = [library.blocks.get(name) for name in item.form.blocks]
    questions = [item.form.questions, *(block.questions for block in blocks if block)]
    papers = [library.materials.get(code) for code in item.materials]
    return any(paper and paper.sensitive for paper in papers) or any(
        _asks_number(question) for each in questions for question in each.values()
    )


def _asks_number(question: Question) -> bool:
    inner = (question.list or {}).values()
    return question.kind is Kind.ID_NUMBER or any(_asks_number(each) for each in inner)
