"""The one table of who may give which post where; what it does not name, nobody may.

Commands are not asked: whoever runs them stands above all administrators.
"""

from collections.abc import Iterable
from enum import Enum

from backend.identity.actors import PostView
from models import Role


class Reach(Enum):
    """Where somebody's post reaches: its unit and all below, or only what lies below."""

    SUBTREE = "subtree"
    BELOW = "below"


# The role of who gives, the role that is given: where. An administrator is made from above.
GIVES: dict[tuple[Role, Role], Reach] = {
    (Role.ADMIN, Role.CLERK): Reach.SUBTREE,
    (Role.ADMIN, Role.REVIEWER): Reach.SUBTREE,
    (Role.ADMIN, Role.APPROVER): Reach.SUBTREE,
    (Role.ADMIN, Role.SUPERVISOR): Reach.SUBTREE,
    (Role.ADMIN, Role.ADMIN): Reach.BELOW,
}


def administering(posts: Iterable[PostView]) -> list[str]:
    """The paths of the units that these posts administer."""
    return sorted({post.path for post in posts if post.role is Role.ADMIN})


def within(path: str, above: Iterable[str]) -> bool:
    """Whether a unit's path is one of these or lies below one."""
    return any(f"{path}/".startswith(f"{each}/") for each in above)


def may_give(posts: Iterable[PostView], role: Role, path: str) -> bool:
    """Whether who holds these posts may give, and take, a post of this role in the unit there."""
    return any(_reaches(GIVES.get((post.role, role)), post.path, path) for post in posts)


def _reaches(reach: Reach | None, own: str, path: str) -> bool:
    if reach is Reach.BELOW:
        return path.startswith(f"{own}/")
    return reach is Reach.SUBTREE and within(path, [own])
