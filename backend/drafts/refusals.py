"""What we refuse about drafts."""

from collections.abc import Mapping
from typing import Any

from backend.errors import Conflict, NotFound, Stale, TooLarge


class DraftNotFound(NotFound):
    """没有找到该草稿，可能已提交、删除或过期

    没有这份草稿，或不是本人的；也可能已提交、删除或过期。不带 If-Match 可以用同一 id 重新建立。
    """


class DraftStale(Stale):
    """草稿已在别处修改

    草稿已在别处修改，stored 是现在保存的内容。请让本人选用，再用其 version 作 If-Match 保存。
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        super().__init__()
        self.stored = stored


class DraftTooLarge(TooLarge):
    """草稿内容过多，未能保存

    草稿的表单和材料合计超过 64 KB。
    """


class DraftsTooMany(Conflict):
    """草稿已满 20 份，请先删除不用的

    一个账号最多保存 20 份草稿。请先提交或删除其他草稿。
    """
