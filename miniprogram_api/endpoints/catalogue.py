"""The catalogue for everybody: find items, and read one whole."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from backend.cases.clock.limits import Unit
from backend.catalogue import queries
from backend.catalogue.loading.rows import Category, Flag
from backend.catalogue.queries import Group, ItemVersion
from backend.errors import Invalid
from backend.http import pages
from backend.http.answers import Answer, cached
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.http.views.listing import Listing
from models import Assurance, Role, UnitLevel
from notifications.channels.wechat.templates import templates

KEPT_SECONDS = 300
Level = Literal["city", "district", "street", "community"]

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

    code: str
    name: str
    items: int


class Groups(BaseModel):
    """All departments or categories that have items."""

    items: list[GroupView]


class ItemSummary(BaseModel):
    """An item in a list."""

    code: str
    name: str
    department: DepartmentView
    type: str
    case_type: Literal["即办件", "承诺件"]
    category: Category
    promised_days: int
    promised_unit: Unit
    appointment: bool


class ItemMaterial(BaseModel):
    """A paper: `required`, or required when the form has the part `required_when` names.

    Papers `provided_by` form or system are not uploaded; `bring_to_window` ones are shown there.
    """

    code: str
    name: str
    required: bool
    required_when: str | None
    bring_to_window: bool
    provided_by: Literal["applicant", "form", "system"]
    kind: str
    source: str
    reusable: bool
    sensitive: bool
    format: str
    note: str | None


class Term(BaseModel):
    """A condition on another answer."""

    path: str
    in_: Annotated[list[str | bool], Field(serialization_alias="in")]


class FieldView(BaseModel):
    """A field of the form, to be shown where it stands."""

    path: str
    title: str
    widget: Literal[
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
    ]
    help: str | None
    show_when: list[Term] | None
    fields: list["FieldView"]


class SectionView(BaseModel):
    """A part of the form."""

    key: str | None
    title: str
    note: str | None
    optional: bool
    fields: list[FieldView]


class ItemStep(BaseModel):
    """A step of the route; the one that `decides` is the last."""

    no: int
    level: UnitLevel
    of: Level
    name: str
    role: Role
    days: int
    decides: bool
    joint_departments: list[str]


class Fee(BaseModel):
    """Whether anything is charged."""

    charged: bool


class ItemView(ItemSummary):
    """An item whole; `form` is a JSON Schema (2020-12) with an example of what it takes.

    `layout` says in which order its fields are shown: a client's JSON reader may sort keys.
    """

    version: int
    conditions: list[str]
    legal_basis: list[str]
    limit_source: str
    statutory_days: int | None
    statutory_unit: Unit | None
    supplement_days: int
    applicants: list[str]
    accept_levels: list[Level]
    decide_level: Level
    special_procedures: list[str]
    publicity_days: int | None
    privacy: str | None
    season: str | None
    flags: list[Flag]
    fee: Fee
    delivery: list[Literal["pickup", "post", "electronic"]]
    min_assurance: Assurance
    materials: list[ItemMaterial]
    form: dict[str, Any]
    layout: list[SectionView]
    route: list[ItemStep]
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


@routes.get("/items/<code:str>", answer=ItemView, etag=True, errors=("item_not_found",))
async def get_item(_call: Call[Nothing, NoQuery], code: str) -> Answer:
    """Show one item: conditions, limits, papers, form and route."""
    item = await queries.one(code)
    return Answer(_whole(item), version=item.version)


@routes.get("/departments", answer=Groups, etag=True)
async def list_departments(_call: Call[Nothing, NoQuery]) -> Answer:
    """List the departments that have items."""
    return _groups(await queries.departments())


@routes.get("/categories", answer=Groups, etag=True)
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
