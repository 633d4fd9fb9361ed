"""Who may make a move: the lifecycle's table, asked with the posts that somebody holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import By, Move
from backend.identity.actors import PostView
from models import CaseStatus, Flow, Role

WINDOW_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER})
# Administrators manage a unit and read none of its cases.
COLLEAGUES = WINDOW_ROLES | {Role.SUPERVISOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a case is: the unit that holds it, the window that took it in, whose step it is."""

    flow: Flow
    holder_code: str
    window_code: str
    step_role: Role


def may(posts: Iterable[PostView], desk: Desk, move: Move) -> bool:
    """Whether one of the posts may make the move."""
    return any(post.role in _roles(move.by, desk, post.unit_code) for post in posts)


def takes_part(posts: Iterable[PostView], desk: Desk, status: CaseStatus) -> bool:
    """Whether a unit of the posts has a part in a case of this status, whatever the roles."""
    at_window = any(move.by is By.WINDOW for move in MOVES[desk.flow][status].values())
    return any(
        post.unit_code == desk.holder_code or (at_window and post.unit_code == desk.window_code)
        for post in posts
    )


def _roles(by: By, desk: Desk, unit_code: str) -> frozenset[Role]:
    """The roles that may make a move of this kind in this unit."""
    at_holder = unit_code == desk.holder_code
    if by is By.WINDOW:
        at_window = unit_code == desk.window_code
        return WINDOW_ROLES if at_holder else frozenset({Role.CLERK} if at_window else ())
    if not at_holder or by is By.APPLICANT:
        return frozenset()
    if by is By.COLLEAGUE:
        return COLLEAGUES
    return frozenset({Role.CLERK if by is By.CLERK else desk.step_role})
