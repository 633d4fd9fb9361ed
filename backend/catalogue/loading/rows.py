"""The shapes of the catalogue's data files."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from backend.catalogue.categories import Category, Flag
from backend.catalogue.loading.condition_rows import Bound, Choice, Condition
from backend.catalogue.shapes import PauseKind, RequirementKind
from config.sources import Row
from config.texts import ENGLISH, ONE_LINE, UNLIKE, VISIBLE
from models import Assurance, Flow

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Title = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]
Text = Annotated[str, VISIBLE]
EnglishName = Annotated[str, Field(max_length=100), ENGLISH]
Level = Literal["社区", "街道", "区县", "市"]
OfficeLevel = Literal["社区", "街道", "区县", "市", "部门"]

HELP_LENGTH = 200
_LAW = "（行政许可法第四十五条）"
STOPS_NOT = f"不停止计时，应写在 requires{_LAW} / stops no clock: put it under requires"
STOPS = f"停止计时，应写在 pauses{_LAW} / stops the clock: put it under pauses"


class Kind(StrEnum):
    """What a question asks for; questions.py gives each its JSON Schema."""

    NAME = "name"
    TEXT = "text"
    LONG = "long"
    ADDRESS = "address"
    PHONE = "phone"
    MOBILE = "mobile"
    ID_NUMBER = "id_number"
    CREDIT_CODE = "credit_code"
    BANK_ACCOUNT = "bank_account"
    COMMUNITY = "community"
    DATE = "date"
    MONTH = "month"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"
    AGREED = "agreed"


class Meta(Row):
    """What the catalogue says of itself."""

    title: Title
    status: Title
    official: bool
    limit_sources: dict[Code, Title]


class Question(Row):
    """One question of a form: a kind, a choice of `one` or `many`, or a `list` of objects.

    `needed` of the profile must be there, be it from the profile or typed; `passing` is soon
    another and never carried over.
    """

    title: Title
    help: Annotated[str, Field(min_length=1, max_length=HELP_LENGTH), VISIBLE] | None = None
    kind: Kind | None = None
    one: Annotated[dict[Code, Title], Field(min_length=2)] | None = None
    many: Annotated[dict[Code, Title], Field(min_length=2)] | None = None
    list: "dict[Code, Question] | None" = None
    optional: bool = False
    min: Bound | None = None
    max: Bound | None = None
    profile: Literal["name", "phone", "id_number", "community", "address"] | None = None
    needed: bool = False
    passing: bool = False

    @model_validator(mode="after")
    def one_shape(self) -> Self:
        """Exactly one of the four shapes."""
        if [self.kind, self.one, self.many, self.list].count(None) != 3:  # noqa: PLR2004 - of four
            raise ValueError("须有且只有其一 / give exactly one of kind, one, many, list")
        if self.needed and self.profile is None:
            raise ValueError("needed 只用于 profile 栏 / is said of what the profile may know")
        return self


class Rule(Row):
    """`require` these questions when others have one of these values, or the form has a block."""

    when: Annotated[dict[Code, list[Choice]], Field(min_length=1)] | None = None
    when_form_has: Code | None = None
    require: Annotated[list[Code], Field(min_length=1), UNLIKE]

    @model_validator(mode="after")
    def one_condition(self) -> Self:
        """Exactly one of the two conditions."""
        if (self.when is None) == (self.when_form_has is None):
            raise ValueError("须有且只有其一 / give exactly one of when, when_form_has")
        return self


class Block(Row):
    """A building block of forms; `about` is the answer that says of whom a `carried` one tells."""

    title: Title
    key: Code | None = None
    inline: bool = False
    note: Text | None = None
    sensitive: bool = False
    carried: bool = False
    about: Code | None = None
    profile_unless: Code | None = None
    questions: dict[Code, Question]
    optional_blocks: list[Code] = []
    rules: list[Rule] = []

    @model_validator(mode="after")
    def about_an_answer(self) -> Self:
        """Of somebody whom the block asks for, and of no use but for what is carried over."""
        if self.about and not (self.carried and self.about in self.questions):
            raise ValueError("about 须是 carried 模块的一栏 / names a question of a carried block")
        return self


class Form(Row):
    """The blocks and own questions of one item's form."""

    blocks: Annotated[list[Code], Field(min_length=1)]
    optional_blocks: list[Code] = []
    questions: dict[Code, Question] = {}
    rules: list[Rule] = []
    object_fields: Annotated[list[Annotated[str, Field(pattern=r"^(/[a-z0-9_]+)+$")]], UNLIKE] = []


class Limit(Row):
    """How long it may take."""

    days: Annotated[int, Field(ge=0, le=400)]
    unit: Literal["working_day", "calendar_day"]


class Material(Row):
    """A paper of the library."""

    name: Title
    kind: Title
    source: Title
    reusable: bool
    sensitive: bool = False
    optional: bool = False
    provided_by: Literal["applicant", "form", "system"] = "applicant"
    note: Text | None = None


class Pause(Row):
    """What stops the clock, in working days."""

    kind: PauseKind
    name: Title
    basis: Title
    counts: bool = False
    max_days: Annotated[int, Field(ge=1, le=400)]

    @model_validator(mode="before")
    @classmethod
    def stopping(cls, given: Any) -> Any:
        """No requirement: one sentence, and none of each field that a requirement has not."""
        return _refused(given, get_args(RequirementKind), STOPS_NOT)


class Requirement(Row):
    """What must be there before the decision or the delivery; a publicity has its days."""

    kind: RequirementKind
    name: Title = "公示"
    days: Annotated[int, Field(ge=1, le=90)] | None = None

    @model_validator(mode="before")
    @classmethod
    def going_on(cls, given: Any) -> Any:
        """Nothing that stops the clock: one sentence, as for a Pause."""
        return _refused(given, get_args(PauseKind), STOPS)

    @model_validator(mode="after")
    def one_kind_has_days(self) -> Self:
        """A publicity lasts some days, and nothing else does; all else has a name."""
        if self.kind == "publicity":
            if self.days is None:
                raise ValueError("公示须写明天数 / a publicity needs its days")
        elif self.days is not None:
            raise ValueError("只有公示可写天数 / only a publicity has days")
        elif "name" not in self.model_fields_set:
            raise ValueError("须写明名称 / needs a name")
        return self


class DepartmentReview(Row):
    """Another department that holds the case for a step of its own, before it is decided."""

    department: str
    name: Title


class Charge(Row):
    """One fee in yuan; where no amount is fixed, the note says who sets it."""

    name: Title
    yuan: Annotated[float, Field(ge=0, le=100_000, multiple_of=0.01)] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def told(self) -> Self:
        """An amount, or who sets it."""
        if self.yuan is None and self.note is None:
            raise ValueError("须写金额，或说明由谁定价 / give the amount, or a note on who sets it")
        return self


class Item(Row):
    """One service item as its file gives it."""

    code: Annotated[str, Field(pattern=r"^(SP|FW)-[A-Z]{2}-[0-9]{3}$")]
    name: Title
    name_en: EnglishName | None = None
    category: Category
    type: Title
    type_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    case_type: Literal["即办件", "承诺件"]
    flow: Flow | None = None
    places: Annotated[int, Field(ge=1, le=10_000)] | None = None
    applicants: Annotated[list[Title], Field(min_length=1), UNLIKE]
    conditions: Annotated[list[Condition], Field(min_length=1)]
    accept_levels: Annotated[list[Level], Field(min_length=1), UNLIKE]
    decide_level: Level
    offices_at: Annotated[list[OfficeLevel], Field(min_length=1), UNLIKE] | None = None
    step_days: list[Annotated[int, Field(ge=0)]] | None = None
    department_reviews: list[DepartmentReview] = []
    co_departments: Annotated[list[str], UNLIKE] = []
    notice: Limit | None = None
    statutory: Limit | None = None
    promised: Limit
    limit_source: str
    basis: Text | None = None
    pauses: list[Pause] = []
    requires: list[Requirement] = []
    privacy: Text | None = None
    season: Text | None = None
    fees: list[Charge]
    fee_basis: Text | None = None
    appointment: bool
    flags: Annotated[list[Flag], UNLIKE] = []
    min_assurance: Assurance | None = None
    supplement_days: Annotated[int, Field(ge=1, le=90)] = 15
    materials: Annotated[list[Code], UNLIKE]
    bring_to_window: Annotated[list[Code], UNLIKE] = []
    form: Form


def _refused(given: Any, kinds: tuple[str, ...], said: str) -> Any:
    kind = given.get("kind") if isinstance(given, dict) else None
    if kind in kinds:
        raise ValueError(f"{kind} {said}")
    return given
