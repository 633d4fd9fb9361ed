"""What we refuse where the access log can't be written."""

from backend.errors import TryLater


class NotRecorded(TryLater):
    """系统暂时无法登记本次操作，请稍后再试

    查阅登记暂时不可用，因此不能显示内容。请按 Retry-After 稍后再试。
    """

    retry_after = 5
