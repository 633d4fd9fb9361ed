"""What we refuse, by kind; `code` is stable, `title` and `detail` are for people."""

from dataclasses import dataclass


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
    """The request is refused; `kind` decides the HTTP status, `retry_after` is in seconds."""

    kind = "bad_request"
    code = "bad_request"
    title = "请求无法处理"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str = "",
        invalid_params: list[InvalidParam] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or type(self).code
        self.invalid_params = invalid_params or []
        self.retry_after = retry_after


class Unauthenticated(ServiceError):
    """We don't know who asks."""

    kind = "unauthenticated"
    code = "unauthenticated"
    title = "请先登录"


class Forbidden(ServiceError):
    """We know who asks, and they may not."""

    kind = "forbidden"
    code = "forbidden"
    title = "无权办理"


class NotFound(ServiceError):
    """It does not exist, or must not be known to exist by this person."""

    kind = "not_found"
    code = "not_found"
    title = "没有找到"


class Conflict(ServiceError):
    """It exists, but its present state forbids this."""

    kind = "conflict"
    code = "conflict"
    title = "当前状态不能这样办理"


class Invalid(ServiceError):
    """The content can't be taken; `invalid_params` names the fields."""

    kind = "invalid"
    code = "invalid"
    title = "填写内容有误"


class Stale(ServiceError):
    """The caller decided on an older version than the present one."""

    kind = "stale"
    code = "version_stale"
    title = "内容已被更新，请刷新后再试"


class TooLarge(ServiceError):
    """More bytes than we take."""

    kind = "too_large"
    code = "too_large"
    title = "内容过大"


class UnsupportedType(ServiceError):
    """A kind of content we don't take."""

    kind = "unsupported_type"
    code = "unsupported_type"
    title = "不支持的内容类型"


class TooMany(ServiceError):
    """More than `most` requests; `retry_after` says when to come back."""

    kind = "too_many"
    code = "rate_limited"
    title = "操作过于频繁，请稍后再试"

    def __init__(self, detail: str = "", *, code: str = "", most: int, retry_after: int) -> None:
        super().__init__(detail, code=code, retry_after=retry_after)
        self.most = most


class Unavailable(ServiceError):
    """Something we depend on is away; trying later helps."""

    kind = "unavailable"
    code = "unavailable"
    title = "服务暂时不可用，请稍后再试"


class StorageFull(ServiceError):
    """Nothing more can be kept until somebody makes room; what is kept can be read."""

    kind = "full"
    code = "storage_full"
    title = "系统存储空间已满，暂时不能提交和上传，已有内容仍可查看，请稍后再试"

    def __init__(self) -> None:
        super().__init__(retry_after=60)
