"""The catalogue for everybody: find items, and read one whole."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from backend.catalogue import queries
from backend.catalogue.queries import Group, ItemVersion
from backend.catalogue.rows import Category
from backend.errors import Invalid
from backend.http import pages
from backend.http.answers import Answer, cached
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.listing import Listing
from backend.http.pages import Page
from backend.http.routes import Routes
from models import Assurance
from notifications.templates import templates

KEPT_SECONDS = 300

routes = Routes(
    "catalogue", prefix="/api/v1", guard=Guard.OPEN, unrecorded="says nothing of anybody"
)


class FindItems(Page):
    """Words, pinyin or initials; a department's code; a type, its code or category."""

    q: Annotated[str, Field(max_length=64)] = ""
    department: Annotated[str, Field(max_length=8)] | None = None
    type: Annotated[str, Field(max_length=32)] | None = None
    category: Category | None = None


class DepartmentView(BaseModel):
    """The department that answers for an item."""

    code: str
    name: str


class GroupView(BaseModel):
    """A department or category of items."""

    code: Annotated[
        str, Field(description="代码，用作 /items 的 department 或 category", examples=["benefit"])
    ]
    name: Annotated[str, Field(description="名称", examples=["补贴救助"])]
    items: Annotated[int, Field(description="可办事项的数量", examples=[64])]


class Groups(BaseModel):
    """All departments or categories that have items."""

    items: list[GroupView]


class ItemSummary(BaseModel):
    """An item in a list."""

    code: str
    name: str
    department: DepartmentView
    type: str
    case_type: str
    category: str
    promised_days: int
    promised_unit: str
    appointment: bool


class MaterialView(BaseModel):
    """A paper: `required`, or required when the form has the part `required_when` names.

    Papers `provided_by` form or system are not uploaded; `bring_to_window` ones are shown there.
    """

    code: str
    name: str
    required: bool
    required_when: str | None
    bring_to_window: bool
    provided_by: str
    kind: str
    source: str
    reusable: bool
    sensitive: bool
    format: str
    note: str | None


class Term(BaseModel):
    """A condition on another answer."""

    path: Annotated[str, Field(description="另一项的路径", examples=["delivery.method"])]
    in_: Annotated[
        list[str | bool],
        Field(serialization_alias="in", description="该项取其中一个值时成立", examples=[["post"]]),
    ]


class FieldView(BaseModel):
    """A field of the form, to be shown where it stands."""

    path: Annotated[
        str,
        Field(
            description="答案在 form 中的位置，用点分隔；* 代表列表中的任一条。"
            "与表单有误时 invalid_params 的 name 去掉开头的 form. 相同",
            examples=["applicant.name"],
        ),
    ]
    title: Annotated[str, Field(description="显示的名称", examples=["姓名"])]
    widget: Annotated[
        Literal[
            "text",
            "textarea",
            "phone",
            "id_number",
            "credit_code",
            "bank_account",
            "community",
            "date",
            "month",
            "integer",
            "number",
            "money",
            "yes_no",
            "agree",
            "choice",
            "choices",
            "list",
        ],
        Field(
            description="用什么控件填写；choice 单选，choices 多选，list 可增减的列表",
            examples=["text"],
        ),
    ]
    help: Annotated[
        str | None, Field(description="填写说明", examples=["由系统按账户资料自动带出，可不填"])
    ]
    show_when: Annotated[
        list[Term] | None,
        Field(
            description="全部条件成立时才显示，这时也必须填写；为空则总是显示",
            examples=[[{"path": "delivery.method", "in": ["post"]}]],
        ),
    ]
    fields: Annotated[list["FieldView"], Field(description="列表中每一条的各项；其他控件为空")]


class SectionView(BaseModel):
    """A part of the form."""

    key: Annotated[
        str | None,
        Field(description="这一部分在 form 中的键；在顶层的为空", examples=["applicant"]),
    ]
    title: Annotated[str, Field(description="这一部分的标题", examples=["申请人"])]
    note: Annotated[str | None, Field(description="标题下的说明", examples=["由他人代办时填写"])]
    optional: Annotated[bool, Field(description="是否可以整体不填", examples=[False])]
    fields: Annotated[list[FieldView], Field(description="按填写顺序排列的各项")]


class StepView(BaseModel):
    """A step of the route; the one that `decides` is the last."""

    no: int
    level: str
    of: str
    name: str
    role: str
    days: int
    decides: bool
    joint_departments: list[str]


class ItemView(ItemSummary):
    """An item whole; `form` is a JSON Schema (2020-12) with an example of what it takes.

    `layout` says in which order its fields are shown: a client's JSON reader may sort keys.
    """

    version: int
    conditions: list[str]
    legal_basis: list[str]
    limit_source: str
    statutory_days: int | None
    statutory_unit: str | None
    supplement_days: int
    applicants: list[str]
    accept_levels: list[str]
    decide_level: str
    special_procedures: list[str]
    publicity_days: int | None
    privacy: str | None
    season: str | None
    flags: list[str]
    fee: dict[str, Any]
    delivery: list[str]
    min_assurance: Assurance
    materials: list[MaterialView]
    form: dict[str, Any]
    layout: Annotated[list[SectionView], Field(description="表单按填写顺序排列的各部分")]
    route: list[StepView]
    subscriptions: list[str]


@routes.get("/items", query=FindItems, answer=Listing[ItemSummary])
async def list_items(call: Call[Nothing, FindItems]) -> Answer:
    """Find service items, best match first; all of them without words."""
    asked = call.query
    found = await queries.search(
        asked.q, department=asked.department, item_type=asked.type, category=asked.category
    )
    kept, following = pages.cut(_after(found, asked)[: asked.limit + 1], asked, _code)
    return Answer(pages.listing([_summary(item) for item in kept], following))


@routes.get("/items/<code:str>", answer=ItemView, errors=("item_not_found",))
async def get_item(_call: Call[Nothing, NoQuery], code: str) -> Answer:
    """Show one item: conditions, limits, papers, form and route."""
    item = await queries.one(code)
    return Answer(_whole(item), version=item.version)


@routes.get("/departments", answer=Groups)
async def list_departments(_call: Call[Nothing, NoQuery]) -> Answer:
    """List the departments that have items."""
    return _groups(await queries.departments())


@routes.get("/categories", answer=Groups)
async def list_categories(_call: Call[Nothing, NoQuery]) -> Answer:
    """List the categories of items."""
    return _groups(await queries.categories())


def _groups(found: list[Group]) -> Answer:
    listed = [{"code": one.code, "name": one.name, "items": one.items} for one in found]
    return cached({"items": listed}, seconds=KEPT_SECONDS)


def _code(item: ItemVersion) -> str:
    return item.code


def _after(found: list[ItemVersion], page: Page) -> list[ItemVersion]:
    last = pages.position(page)
    if last is None:
        return found
    codes = [item.code for item in found]
    if last not in codes:
        raise Invalid("翻页标记无效，请从第一页重新开始", code="cursor_invalid")
    return found[codes.index(last) + 1 :]


def _summary(item: ItemVersion) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "department": {"code": item.department_code, "name": item.department_name},
        "type": item.type,
        "case_type": item.case_type,
        "category": item.guide["category"],
        "promised_days": item.promised_days,
        "promised_unit": item.promised_unit,
        "appointment": item.appointment,
    }


def _whole(item: ItemVersion) -> dict[str, Any]:
    guide = {name: value for name, value in item.guide.items() if name in ItemView.model_fields}
    known = templates()
    return (
        guide
        | _summary(item)
        | {
            "version": item.version,
            "statutory_days": item.statutory_days,
            "statutory_unit": item.statutory_unit,
            "supplement_days": item.supplement_days,
            "min_assurance": item.min_assurance,
            "materials": list(item.materials),
            "form": item.form,
            "layout": list(item.layout),
            "route": list(item.route),
            "subscriptions": [
                known[name].id for name in item.guide["subscriptions"] if name in known
            ],
        }
    )
