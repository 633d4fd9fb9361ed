"""The shapes of an item's conditions in its data file: a sentence, and a rule if one can tell."""

import calendar
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from config.complaints import TEXT_OR_BOOL
from config.sources import Row
from config.texts import VISIBLE

Path = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
District = Annotated[str, Field(pattern=r"^[0-9]{6}000000$")]
Choice = Annotated[str | bool, TEXT_OR_BOOL]
# JSON has no larger whole numbers that all clients read alike.
Bound = Annotated[float, Field(ge=-1_000_000_000, le=1_000_000_000)]
Years = Annotated[int, Field(ge=0, le=150)]
_LEAP_YEAR = 2024

T = TypeVar("T", bound=Row)


class Ages(Row):
    """So old by the ID number in the form, in full years: that day, or by the end of that year."""

    of: Path
    min: Years | None = None
    max: Years | None = None
    in_year: bool = False

    @model_validator(mode="after")
    def some_age(self) -> Self:
        """At least one end, and the first not after the last."""
        return _some_range(self, self.min, self.max)


class Sex(Row):
    """Of this sex by the ID number in the form."""

    of: Path
    is_: Literal["male", "female"] = Field(alias="is")


class Window(Row):
    """From one day of the year to another, both included; it may run over the new year."""

    from_: MonthDay = Field(alias="from")
    to: MonthDay

    @model_validator(mode="after")
    def real_days(self) -> Self:
        """Days that some year has."""
        for text in (self.from_, self.to):
            month, day = map(int, text.split("-"))
            if day > calendar.monthrange(_LEAP_YEAR, month)[1]:
                raise ValueError(f"没有这一天 / there is no such day: {text}")
        return self


class Within(Row):
    """A date or month of the form not longer ago than so many months."""

    of: Path
    months: Annotated[int, Field(ge=1, le=240)]


class Answered(Row):
    """An answer of the form is one of these."""

    of: Path
    is_: Annotated[list[Choice], Field(min_length=1, alias="is")]


class Numbered(Row):
    """A number of the form lies between these."""

    of: Path
    min: Bound | None = None
    max: Bound | None = None

    @model_validator(mode="after")
    def some_number(self) -> Self:
        """At least one end, and the first not after the last."""
        return _some_range(self, self.min, self.max)


class Unlisted(Row):
    """A text of the form names no proof of the negative list."""

    of: Path


class ConditionRule(Row):
    """Exactly one of the kinds; `any` holds when one of its rules does."""

    age: Ages | None = None
    sex: Sex | None = None
    season: Annotated[list[Window], Field(min_length=1)] | None = None
    within: Within | None = None
    answer: Answered | None = None
    number: Numbered | None = None
    districts: Annotated[list[District], Field(min_length=1)] | None = None
    unlisted: Unlisted | None = None
    any: Annotated[list["ConditionRule"], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        """A rule of two kinds would not say whether both must hold."""
        if len(self.model_fields_set) != 1:
            kinds = ", ".join(type(self).model_fields)
            raise ValueError(f"须有且只有其一 / give exactly one of {kinds}")
        return self


class Condition(Row):
    """One condition: what people read, and how it is told where anything can tell."""

    text: Annotated[str, Field(min_length=1, max_length=100), VISIBLE]
    rule: ConditionRule | None = None


def _some_range(row: T, least: float | None, most: float | None) -> T:
    if least is None and most is None:
        raise ValueError("须写 min 或 max / give min or max")
    if least is not None and most is not None and least > most:
        raise ValueError("min 大于 max / min is above max")
    return row
