"""Refusals that several parts of identity give in the same words."""

from backend.errors import Unauthenticated


def session_ended() -> Unauthenticated:
    """The session or its owner is gone: logging in again helps."""
    return Unauthenticated("登录已失效，请重新登录", code="session_ended")
