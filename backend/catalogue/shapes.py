"""What a version of an item says of itself: stored as JSON so, and shown so."""

from typing import Literal

from typing_extensions import TypedDict

from backend.catalogue.categories import Category, Flag

CaseType = Literal["即办件", "承诺件"]
Level = Literal["city", "district", "street", "community"]
Provider = Literal["applicant", "form", "system"]
Delivery = Literal["pickup", "post", "electronic"]
PauseKind = Literal[
    "hearing",
    "tender",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
]
"""What stops the clock, and nothing else does (行政许可法 45)."""
RequirementKind = Literal["publicity", "visit", "review", "result"]
Widget = Literal[
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


class ItemMaterial(TypedDict):
    """A paper: `required`, or required when the form has the part `required_when` names.

    Papers `provided_by` form or system are not uploaded; `bring_to_window` ones are shown there.
    """

    code: str
    name: str
    required: bool
    required_when: str | None
    bring_to_window: bool
    provided_by: Provider
    kind: str
    source: str
    reusable: bool
    sensitive: bool
    format: str
    note: str | None


class _Path(TypedDict):
    path: str


# Its name is a keyword of the language.
_In = TypedDict("_In", {"in": list[str | bool]})


class Term(_Path, _In):
    """A condition on another answer."""


class FieldView(TypedDict):
    """A field of the form, to be shown where it stands."""

    path: str
    title: str
    widget: Widget
    help: str | None
    show_when: list[Term] | None
    fields: list["FieldView"]


class SectionView(TypedDict):
    """A part of the form."""

    key: str | None
    title: str
    note: str | None
    optional: bool
    fields: list[FieldView]


RuleKind = Literal[
    "age",
    "age_in_year",
    "sex",
    "season",
    "within",
    "answer",
    "number",
    "district",
    "unlisted",
    "any",
]
_From = TypedDict("_From", {"from": str})


class Window(_From):
    """From one day of the year (MM-DD) to another, both included; it may run over the new year."""

    to: str


class ConditionRule(TypedDict):
    """How a condition is told, mostly by the answer at `path`; only what the kind asks is filled.

    `min` and `max` are full years on the day of submission (`age`) or at the end of its year
    (`age_in_year`), months since then (`within`) or the `number` itself. `values` are the answers
    or districts that will do, the sex, or what an `unlisted` text may not contain.
    """

    kind: RuleKind
    path: str | None
    min: float | None
    max: float | None
    values: list[str | bool]
    windows: list[Window]
    rules: list["ConditionRule"]


class Condition(TypedDict):
    """What an applicant must fulfil; without a rule only people can tell."""

    text: str
    rule: ConditionRule | None


class Charge(TypedDict):
    """One fee in yuan; without a fixed amount, the note says who sets it."""

    name: str
    yuan: float | None
    note: str | None


class Fee(TypedDict):
    """Whether anything is charged, what, and on what basis."""

    charged: bool
    items: list[Charge]
    basis: str | None


class Pause(TypedDict):
    """A procedure that stops the clock, for so many working days at most.

    With `counts` its days are within the promise all the same, and only the statutory limit stops.
    """

    kind: PauseKind
    name: str
    basis: str
    counts: bool
    max_days: int


class Requirement(TypedDict):
    """What must be there before the decision or, of a `result`, the delivery; the clock goes on.

    `days` are those of a publicity, in which anybody may object.
    """

    kind: RequirementKind
    name: str
    days: int | None


class Guide(TypedDict):
    """What is told of an item and decides nothing."""

    name_en: str | None
    category: Category
    conditions: list[Condition]
    legal_basis: list[str]
    limit_source: str
    applicants: list[str]
    accept_levels: list[Level]
    decide_level: Level
    co_departments: list[str]
    pauses: list[Pause]
    requires: list[Requirement]
    privacy: str | None
    season: str | None
    flags: list[Flag]
    fee: Fee
    delivery: list[Delivery]
    subscriptions: list[str]
