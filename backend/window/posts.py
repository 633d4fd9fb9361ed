"""Which windows somebody serves at: the units of their clerk's posts."""

from backend.identity.actors import PostView, StaffActor
from backend.window.refusals import WindowMissing, WindowUnclear
from models import Role


def windows(by: StaffActor) -> list[PostView]:
    """The clerk's posts; WindowMissing without any, whatever other post is held."""
    found = [post for post in by.posts if post.role is Role.CLERK]
    if not found:
        raise WindowMissing
    return found


def window(by: StaffActor, unit_code: str | None) -> PostView:
    """The window of this unit, or the only one; WindowMissing, or WindowUnclear among several."""
    found = windows(by)
    if unit_code is not None:
        found = [post for post in found if post.unit_code == unit_code]
        if not found:
            raise WindowMissing
    if len({post.unit_code for post in found}) > 1:
        raise WindowUnclear
    return found[0]
