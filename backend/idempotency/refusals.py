"""What we refuse about an `Idempotency-Key`."""

from backend.errors import Conflict, Invalid


class IdempotencyKeyInFlight(Conflict):
    """相同的请求正在处理，请稍后再试

    同一个 Idempotency-Key 的请求，或同一账号内容相同的实名核验，正在处理。
    请按 Retry-After 稍后原样重试。
    """

    retry_after = 1


class IdempotencyKeyInvalid(Invalid):
    """Idempotency-Key 应为 1 到 100 个可见字符"""


class IdempotencyKeyMissing(Invalid):
    """缺少 Idempotency-Key 请求头

    该接口必须带 Idempotency-Key 请求头。
    """


class IdempotencyKeyReused(Invalid):
    """同一个 Idempotency-Key 不能用于不同的请求内容

    同一个 Idempotency-Key 用在了不同的内容上。内容有改动时，请换一个新的。
    """
