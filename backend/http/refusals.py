"""What we refuse of a request before its endpoint looks at it, and what HTTP itself forbids."""

from typing import ClassVar

from backend.errors import (
    Invalid,
    Malformed,
    NotFound,
    ServiceError,
    TooLarge,
    TooMany,
    TryLater,
    UnsupportedType,
)


class OfProtocol(ServiceError):
    """HTTP itself forbids it, or we have failed; each of them has a status of its own."""

    kind = "protocol"
    status: ClassVar[int]


class BadRequest(Malformed):
    """请求格式有误

    请求格式有误。请按接口说明重新组织请求。
    """


class JsonMalformed(Malformed):
    """请求内容不是有效的 JSON"""


class BodyTypeRefused(UnsupportedType):
    """请求内容应为 UTF-8 编码的 JSON

    请求内容应为 UTF-8 编码的 JSON：Content-Type 请求头为 application/json，或不带该请求头。
    """


class RouteNotFound(NotFound):
    """没有这个接口

    没有这个接口。请核对路径。
    """


class MethodNotAllowed(OfProtocol):
    """该接口不支持这种请求方法

    该接口不支持这种请求方法；应答的 Allow 头列出支持的方法。
    """

    status = 405


class RequestTimeout(OfProtocol):
    """请求超时，请重试

    请求没有在时限内收完。请重试。
    """

    status = 408


class LengthRequired(OfProtocol):
    """缺少 Content-Length 请求头

    上传文件须带 Content-Length 请求头。
    """

    status = 411


class BodyTooLarge(TooLarge):
    """提交内容过大

    请求内容超过上限。
    """


class UrlTooLong(OfProtocol):
    """请求地址过长

    请求地址过长。请缩短查询参数。
    """

    status = 414


class RangeNotSatisfiable(OfProtocol):
    """请求的范围无效"""

    status = 416


class ExpectationFailed(OfProtocol):
    """无法满足请求头 Expect

    无法满足 Expect 请求头。
    """

    status = 417


class BodyInvalid(Invalid):
    """有字段填写有误，请检查

    请求内容不合接口的要求；invalid_params 逐项说明。
    """


class QueryInvalid(Invalid):
    """有字段填写有误，请检查

    查询参数有误，或有不认识的参数；invalid_params 逐项说明。
    """


class CursorInvalid(Invalid):
    """翻页标记无效，请从第一页重新开始

    翻页标记无效。请从第一页重新读取。
    """


class IfMatchRequired(OfProtocol):
    """缺少 If-Match 请求头，请先刷新，再在最新内容上操作

    该操作要带 If-Match 请求头，值为上次读取时的 ETag；不接受 *，它没有说明看到的是哪一版。
    """

    status = 428
    title = "请先刷新，再在最新内容上操作"


class IfMatchInvalid(Invalid):
    """If-Match 应为上次读取时得到的一个 ETag

    If-Match 请求头的值不是本系统给出的 ETag，或有多个。请原样填写上次读取时的 ETag，例如 "3"。
    """


class RateLimited(TooMany):
    """操作过于频繁，请稍后再试

    请求过于频繁。请按 Retry-After 稍后再试。
    """


class HeadersTooLarge(OfProtocol):
    """请求头过大

    请求头过大，合计不能超过 8 KB。
    """

    status = 431


class InternalError(OfProtocol):
    """系统出错，我们已记录，请稍后再试

    系统出错，已记录。请稍后再试；仍不行时，把 instance 告诉我们。
    """

    status = 500
    title = "系统错误"


class DatabaseUnavailable(TryLater):
    """系统数据库暂时不可用，请稍后再试，已填写的内容不会丢失

    数据库暂时不可用。请按 Retry-After 用同一个 Idempotency-Key 原样重试。
    """

    retry_after = 2


class Overloaded(TryLater):
    """当前办理人数较多，请稍后再试，已填写的内容不会丢失

    当前办理人数较多，请求没有处理。请按 Retry-After 用同一个 Idempotency-Key 原样重试。
    """

    retry_after = 3
