"""What we refuse, by kind.

Each refusal is a class of one of these kinds, in `refusals.py` of the package whose word it is. Its
name is its stable code: `SlotFull` is `slot_full`. Its docstring is for people, in Chinese: the
first paragraph is the sentence that the answer says, with {parts} where it varies; the second tells
whoever writes a client what it means and what to do, where the sentence alone does not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, ClassVar

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class InvalidParam:
    """One field that can't be taken: its dotted name, a stable code, and why (Chinese).

    `allowed` are the values that would be taken, where they are few enough to list.
    """

    name: str
    code: str
    reason: str
    allowed: tuple[str, ...] = ()


class ServiceError(Exception):
    """The request is refused; `retry_after` is in seconds.

    A class that says its `kind` is a kind: it decides the HTTP status and the title, and is never
    raised itself. All others are refusals; `example` are the parts of one's sentence, if it has
    any, as the description shows them. `detail` is said in the sentence's place. `stored` is what
    is kept in place of what was refused, for whom it belongs to; `changes` are what was done since
    the version that the caller saw.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    code: ClassVar[str]
    sentence: ClassVar[str]
    advice: ClassVar[str]
    example: ClassVar[Mapping[str, object]] = {}
    retry_after: int | None = None
    stored: Mapping[str, Any] | None = None
    changes: Sequence[Mapping[str, Any]] | None = None

    def __init_subclass__(cls, **given: Any) -> None:
        """Take code and words from name and docstring; TypeError for none, or a code taken."""
        super().__init_subclass__(**given)
        if "kind" not in vars(cls):
            _name(cls)

    def __init__(
        self,
        detail: str = "",
        *,
        invalid_params: Sequence[InvalidParam] = (),
        retry_after: int | None = None,
    ) -> None:
        self.detail = detail or self.sentence
        super().__init__(self.detail)
        self.invalid_params = invalid_params
        if retry_after is not None:
            self.retry_after = retry_after


_places: dict[str, str] = {}


def _name(refusal: type[ServiceError]) -> None:
    refusal.code = _WORD.sub("_", refusal.__name__).lower()
    place = f"{refusal.__module__}.{refusal.__qualname__}"
    if "__doc__" not in vars(refusal) or not refusal.__doc__:
        raise TypeError(f"{place} says nothing")
    if _places.setdefault(refusal.code, place) != place:
        raise TypeError(f"{place} has the code of {_places[refusal.code]}")
    # A line ends where no space is: Chinese has none.
    said = ["".join(part.splitlines()) for part in cleandoc(refusal.__doc__).split("\n\n")]
    refusal.sentence, refusal.advice = said[0], said[-1] if said[1:] else f"{said[0]}。"
    if not hasattr(refusal, "title"):
        refusal.title = refusal.sentence


class Malformed(ServiceError):
    """The request can't be read."""

    kind = "bad_request"
    title = "请求无法处理"


class Unauthenticated(ServiceError):
    """We don't know who asks."""

    kind = "unauthenticated"
    title = "请先登录"


class Forbidden(ServiceError):
    """We know who asks, and they may not."""

    kind = "forbidden"
    title = "无权办理"


class NotFound(ServiceError):
    """It does not exist, or must not be known to exist by this person."""

    kind = "not_found"
    title = "没有找到"


class Conflict(ServiceError):
    """It exists, but its present state forbids this."""

    kind = "conflict"
    title = "当前状态不能这样办理"


class Stale(ServiceError):
    """The caller decided on an older version than the present one."""

    kind = "stale"
    title = "内容已被更新，请刷新后再试"


class TooLarge(ServiceError):
    """More bytes than we take."""

    kind = "too_large"
    title = "内容过大"


class UnsupportedType(ServiceError):
    """A kind of content we don't take."""

    kind = "unsupported_type"
    title = "不支持的内容类型"


class Invalid(ServiceError):
    """The content can't be taken; `invalid_params` names the fields."""

    kind = "invalid"
    title = "填写内容有误"


class TooMany(ServiceError):
    """More than `most` requests; `retry_after` says when to come back."""

    kind = "too_many"
    title = "操作过于频繁，请稍后再试"

    def __init__(self, *, most: int, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.most = most


class TryLater(ServiceError):
    """Something we depend on is away; trying later helps."""

    kind = "unavailable"
    title = "服务暂时不可用，请稍后再试"


class Full(ServiceError):
    """Nothing more can be kept until somebody makes room; what is kept can be read."""

    kind = "full"
