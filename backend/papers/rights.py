"""Who of the staff may do what with which papers of a case."""

from backend.cases.reading import scope
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from models import PaperKind, Role

K = PaperKind
_HANDED_OUT = frozenset({K.RECEIPT, K.DECISION, K.PROOF_OF_SERVICE})
"""What a window gives to whom it filed the case for, who may have no other way to a paper."""


def kinds_for(case: Snapshot, staff: StaffActor | None) -> frozenset[PaperKind]:
    """The papers of the case, read whole, that the actor sees and may ask for.

    All for the applicant's side, None, and for whoever covers the case; what is handed out at the
    window that filed it, until it is over; none for anybody else.
    """
    if staff is None or scope.of(staff).covers(case):
        return frozenset(K)
    return _HANDED_OUT if scope.received(staff, case) else frozenset()


def may_revoke(unit_code: str, by: StaffActor) -> bool:
    """Whether the actor answers for what the unit issued: its approver, or who supervises it."""
    path = organisation.known_or_not(unit_code).path
    return any(
        (post.role is Role.APPROVER and post.unit_code == unit_code)
        or (post.role is Role.SUPERVISOR and f"{path}/".startswith(f"{post.path}/"))
        for post in by.posts
    )


def may_issue_anew(unit_code: str, staff: StaffActor | None) -> bool:
    """Whether the actor, None for the applicant's side, may follow up what the unit revoked."""
    return staff is not None and any(post.unit_code == unit_code for post in scope.reading(staff))
