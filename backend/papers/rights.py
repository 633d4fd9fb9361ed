"""Who may do what with a paper beside asking for it."""

from backend.cases.reading import scope
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from models import Role


def may_revoke(unit_code: str, by: StaffActor) -> bool:
    """Whether the actor answers for what the unit issued: its approver, or who supervises it."""
    path = organisation.known_or_not(unit_code).path
    return any(
        (post.role is Role.APPROVER and post.unit_code == unit_code)
        or (post.role is Role.SUPERVISOR and f"{path}/".startswith(f"{post.path}/"))
        for post in by.posts
    )


def may_issue_anew(unit_code: str, by: StaffActor | None) -> bool:
    """Whether the actor, None for the applicant's side, may follow up what the unit revoked."""
    return by is not None and any(post.unit_code == unit_code for post in scope.reading(by))
