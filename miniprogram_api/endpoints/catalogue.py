"""The catalogue for everybody: find items, and read one whole."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from backend.cases.clock.limits import Unit
from backend.catalogue import queries
from backend.catalogue.categories import Category, Flag
from backend.catalogue.queries import Group, ItemVersion, RouteStep
from backend.catalogue.refusals import DepartmentNotFound, ItemNotFound
from backend.catalogue.shapes import (
    CaseType,
    Condition,
    Delivery,
    Fee,
    ItemMaterial,
    Level,
    Pause,
    Requirement,
    SectionView,
)
from backend.http import pages
from backend.http.answers import Answer, cached
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.refusals import CursorInvalid
from backend.http.routes import Routes
from models import Assurance, Flow, Role, UnitLevel
from notifications.channels.wechat.templates import templates

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


class DepartmentView(TypedDict):
    """The department that answers for an item."""

    code: str
    name: str


class GroupView(TypedDict):
    """A department or category of items."""

    code: str
    name: str
    items: int


class Groups(TypedDict):
    """All departments or categories that have items."""

    items: list[GroupView]


class ItemSummary(TypedDict):
    """An item in a list."""

    code: str
    name: str
    name_en: str | None
    department: DepartmentView
    type: str
    case_type: CaseType
    flow: Flow
    category: Category
    promised_days: int
    promised_unit: Unit
    appointment: bool


class NearbyView(TypedDict):
    """What another office does, and where to go for it."""

    name: str
    go_to: str


class FoundItems(TypedDict):
    """One page of items; `nearby` is what is asked for and not done here."""

    items: list[ItemSummary]
    next_cursor: str | None
    nearby: list[NearbyView]


class ItemStep(TypedDict):
    """A step of the route; the one that `decides` is the last."""

    no: int
    level: UnitLevel
    of: Level
    name: str
    role: Role
    department_code: str | None
    days: int
    decides: bool
    joint_departments: list[str]


class ItemView(ItemSummary):
    """An item whole; `form` is a JSON Schema (2020-12) with an example of what it takes.

    `layout` says in which order its fields are shown: a client's JSON reader may sort keys.
    """

    version: int
    conditions: list[Condition]
    legal_basis: list[str]
    limit_source: str
    notice_days: int
    notice_unit: Unit
    statutory_days: int | None
    statutory_unit: Unit | None
    supplement_days: int
    applicants: list[str]
    accept_levels: list[Level]
    decide_level: Level
    offices_at: list[UnitLevel]
    pauses: list[Pause]
    requires: list[Requirement]
    privacy: str | None
    season: str | None
    flags: list[Flag]
    fee: Fee
    delivery: list[Delivery]
    min_assurance: Assurance
    places: int | None
    materials: list[ItemMaterial]
    form: dict[str, Any]
    layout: list[SectionView]
    route: list[ItemStep]
    subscriptions: list[str]


@routes.get("/items", query=FindItems, errors=(DepartmentNotFound,))
async def list_items(call: Call[Nothing, FindItems]) -> Answer[FoundItems]:
    """Find service items, best match first; all of them without words."""
    asked = call.query
    found = await queries.search(
        asked.q, department=asked.department, item_type=asked.type, category=asked.category
    )
    kept, following = pages.cut(_after(found.items, asked)[: asked.limit + 1], asked, _code)
    items = [_summary(item) for item in kept]
    nearby: list[NearbyView] = [{"name": one.name, "go_to": one.go_to} for one in found.nearby]
    return Answer({"items": items, "next_cursor": following, "nearby": nearby})


@routes.get("/items/<code:str>", etag=True, errors=(ItemNotFound,))
async def get_item(_call: Call[Nothing, NoQuery], code: str) -> Answer[ItemView]:
    """Show one item: conditions, limits, papers, form and route."""
    item = await queries.one(code)
    return Answer(_whole(item), version=item.version)


@routes.get("/departments", etag=True)
async def list_departments(_call: Call[Nothing, NoQuery]) -> Answer[Groups]:
    """List the departments that have items."""
    return _groups(await queries.departments())


@routes.get("/categories", etag=True)
async def list_categories(_call: Call[Nothing, NoQuery]) -> Answer[Groups]:
    """List the categories of items."""
    return _groups(await queries.categories())


def _groups(found: list[Group]) -> Answer[Groups]:
    listed: list[GroupView] = [
        {"code": one.code, "name": one.name, "items": one.items} for one in found
    ]
    return cached({"items": listed}, seconds=KEPT_SECONDS)


def _code(item: ItemVersion) -> str:
    return item.code


def _after(found: list[ItemVersion], page: Page) -> list[ItemVersion]:
    last = pages.position(page)
    if last is None:
        return found
    codes = [item.code for item in found]
    if last not in codes:
        raise CursorInvalid
    return found[codes.index(last) + 1 :]


def _summary(item: ItemVersion) -> ItemSummary:
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.guide["name_en"],
        "department": {"code": item.department_code, "name": item.department_name},
        "type": item.type,
        "case_type": item.case_type,
        "flow": item.flow,
        "category": item.guide["category"],
        "promised_days": item.promised_days,
        "promised_unit": Unit(item.promised_unit),
        "appointment": item.appointment,
    }


def _whole(item: ItemVersion) -> ItemView:
    guide, known = item.guide, templates()
    return {
        **_summary(item),
        "version": item.version,
        "conditions": guide["conditions"],
        "legal_basis": guide["legal_basis"],
        "limit_source": guide["limit_source"],
        "notice_days": item.notice_days,
        "notice_unit": Unit(item.notice_unit),
        "statutory_days": item.statutory_days,
        "statutory_unit": Unit(item.statutory_unit) if item.statutory_unit else None,
        "supplement_days": item.supplement_days,
        "applicants": guide["applicants"],
        "accept_levels": guide["accept_levels"],
        "decide_level": guide["decide_level"],
        "offices_at": list(item.offices_at),
        "pauses": guide["pauses"],
        "requires": guide["requires"],
        "privacy": guide["privacy"],
        "season": guide["season"],
        "flags": guide["flags"],
        "fee": guide["fee"],
        "delivery": guide["delivery"],
        "min_assurance": item.min_assurance,
        "places": item.places,
        "materials": list(item.materials),
        "form": item.form,
        "layout": list(item.layout),
        "route": [_step(step, item.department_code) for step in item.route],
        "subscriptions": [known[name].id for name in guide["subscriptions"] if name in known],
    }


def _step(step: RouteStep, own: str) -> ItemStep:
    of_department = step.level == UnitLevel.DEPARTMENT
    return {
        "no": step.no,
        "level": step.level,
        "of": step.of,
        "name": step.name,
        "role": step.role,
        "department_code": (step.department or own) if of_department else None,
        "days": step.days,
        "decides": step.decides,
        "joint_departments": list(step.joint_departments),
    }
