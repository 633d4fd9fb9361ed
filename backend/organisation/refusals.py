"""What we refuse about places."""

from backend.errors import NotFound


class RegionNotFound(NotFound):
    """没有找到这个地区

    没有这个地区。请从 /api/v1/regions 逐级选择。
    """
