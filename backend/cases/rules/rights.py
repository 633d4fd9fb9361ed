"""Who may make a move: the lifecycle's table, asked with the posts that somebody holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import ANSWERED, CUSTODY, INSIDE, By, Move
from backend.identity.actors import PostView
from models import CaseStatus, Flow, Role

WINDOW_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER})
# Administrators manage a unit and read none of its cases.
COLLEAGUES = WINDOW_ROLES | {Role.SUPERVISOR}
HANDED_OUT = ANSWERED | {CaseStatus.DELIVERED}
"""What was asked for is answered, and its result goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a case is: the unit that holds it, the one that accepts, whose step it is.

    `received_code` is the window that filed it for somebody, wherever in the city; `incoming_code`
    the unit that a transfer is open to. `holder_path` has the codes of the units above the holder
    and its own, from the city down.
    """

    flow: Flow
    holder_code: str
    holder_path: str
    window_code: str
    step_role: Role
    received_code: str | None = None
    incoming_code: str | None = None


def may(posts: Iterable[PostView], desk: Desk, move: Move) -> bool:
    """Whether one of the posts may make the move."""
    return any(post.role in _roles(move.by, desk, post) for post in posts)


def takes_part(posts: Iterable[PostView], desk: Desk, status: CaseStatus) -> bool:
    """Whether a unit of the posts has a part in a case of this status, whatever the roles."""
    kinds = {move.by for move in MOVES[desk.flow][status].values()}
    units = {desk.holder_code}
    if kinds & {By.WINDOW, By.COUNTER}:
        units.add(desk.window_code)
    if By.COUNTER in kinds and desk.received_code:
        units.add(desk.received_code)
    return any(post.unit_code in units for post in posts)


def supervises(posts: Iterable[PostView], desk: Desk) -> bool:
    """Whether one of the posts supervises the holder."""
    return any(post.role in _roles(By.SUPERVISOR, desk, post) for post in posts)


def receives(posts: Iterable[PostView], desk: Desk) -> bool:
    """Whether one of the posts may answer the transfer that is open to their unit."""
    return any(post.role in _roles(By.RECEIVER, desk, post) for post in posts)


def only_at_counter(posts: Iterable[PostView], desk: Desk) -> bool:
    """Whether the posts have a part in the case only where it was filed for somebody."""
    return not any(post.unit_code in {desk.holder_code, desk.window_code} for post in posts)


def may_reveal(
    posts: Iterable[PostView], desk: Desk, status: CaseStatus, *, accepted: bool
) -> bool:
    """Whether one of the posts works on the case now, and so may need what is masked."""
    handed_out = status in HANDED_OUT
    roles = WINDOW_ROLES if handed_out else {desk.step_role if accepted else Role.CLERK}
    return any(
        (post.unit_code == desk.holder_code and post.role in roles)
        or (handed_out and post.unit_code == desk.window_code and post.role is Role.CLERK)
        for post in posts
    )


def works_on(
    posts: Iterable[PostView], desk: Desk, status: CaseStatus, at: tuple[int, int]
) -> bool:
    """Whether one of the posts may bring a case of this status on, `at` a step of so many."""
    held = list(posts)
    return any(
        action not in INSIDE and action not in CUSTODY and move.fits(*at) and may(held, desk, move)
        for action, move in MOVES[desk.flow][status].items()
    )


def _roles(by: By, desk: Desk, post: PostView) -> frozenset[Role]:
    """The roles that may make a move of this kind in the unit of the post."""
    at_holder = post.unit_code == desk.holder_code
    if by is By.RECEIVER:
        return COLLEAGUES if post.unit_code == desk.incoming_code else frozenset()
    if by in {By.SUPERVISOR, By.HOLDER}:
        over = f"{desk.holder_path}/".startswith(f"{post.path}/")
        above = frozenset({Role.SUPERVISOR} if over else ())
        return above | WINDOW_ROLES if at_holder and by is By.HOLDER else above
    if by in {By.WINDOW, By.COUNTER}:
        at_window = post.unit_code == desk.window_code
        at_window |= by is By.COUNTER and post.unit_code == desk.received_code
        return WINDOW_ROLES if at_holder else frozenset({Role.CLERK} if at_window else ())
    if not at_holder or by is By.APPLICANT:
        return frozenset()
    if by is By.COLLEAGUE:
        return COLLEAGUES
    return frozenset({Role.CLERK if by is By.CLERK else desk.step_role})
