"""Refusals that several packages give."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.errors import Conflict, Full, Invalid, InvalidParam, Stale, TryLater


class ActionNotAllowed(Conflict):
    """当前状态不能这样办理

    当前状态不能这样办理。请重新读取，按其中的 actions 显示按钮。
    """


class CommunityUnknown(Invalid):
    """没有这个社区"""

    def __init__(self, *, field: str) -> None:
        super().__init__(invalid_params=[InvalidParam(field, self.code, self.sentence)])


class StorageFull(Full):
    """系统存储空间已满，暂时不能提交和上传，已有内容仍可查看，请稍后再试

    系统存储空间已满，写入类请求暂不受理，读取不受影响。
    请按 Retry-After 用同一个 Idempotency-Key 原样重试。
    """

    retry_after = 60


class Unavailable(TryLater):
    """服务暂时不可用，请稍后再试

    服务暂时不可用，或请求没有及时处理完。
    请按 Retry-After 用同一个 Idempotency-Key 原样重试。
    """


class VersionStale(Stale):
    """内容已被更新，请刷新后再试

    内容在此期间已被更新。请重新读取，核对后用新的 ETag 再操作；
    办件的 changes 列出此后的每一步、改动的栏目和补交的材料。
    """

    def __init__(self, changes: Sequence[Mapping[str, Any]] | None = None) -> None:
        super().__init__()
        self.changes = changes
