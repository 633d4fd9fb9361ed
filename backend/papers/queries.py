"""Reading papers: of a case, or by the code that anybody may check."""

from typing import NamedTuple
from uuid import UUID

from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import StaffActor
from backend.papers import codes, kinds, rights, statements
from backend.papers.record import Issued, from_row
from backend.papers.refusals import PaperCodeUnknown
from backend.papers.wording import words
from config.database import connection
from models import PaperKind

MISTYPED = "核验码输错了，请对照文书逐字核对：共16位，没有字母I、O和数字0、1"


async def of_case(case_id: UUID) -> list[Issued]:
    """All that were issued on a case, those too that were revoked, in this order."""
    rows = await connection().execute_query_dict(statements.OF_CASE, [case_id])
    return [from_row(row) for row in rows]


async def of_event(case_id: UUID, seq: int) -> Issued | None:
    """The valid paper of an event."""
    rows = await connection().execute_query_dict(statements.OF_EVENT, [case_id, seq])
    return from_row(rows[0]) if rows else None


async def by_code(typed: str) -> Issued:
    """The paper that this code is printed on; PaperCodeUnknown, which says where it is a slip."""
    code = codes.canonical(typed)
    if codes.mistyped(code):
        raise PaperCodeUnknown(MISTYPED)
    rows = await connection().execute_query_dict(statements.BY_CODE, [codes.hashed(code)])
    if not rows:
        raise PaperCodeUnknown
    return from_row(rows[0])


class Available(NamedTuple):
    """A paper that the case carries and nobody has asked for yet."""

    kind: PaperKind
    title: str


def available(case: Snapshot, issued: list[Issued], *, staff: StaffActor | None) -> list[Available]:
    """What may be issued now, for the applicant's side with None: of each kind its last event's."""
    had = {
        paper.seq
        for paper in issued
        if paper.revoked_at is None or not rights.may_issue_anew(paper.unit_code, staff)
    }
    last = {kind: event for event in case.events if (kind := kinds.of(case, event))}
    valid = {paper.seq for paper in issued if paper.revoked_at is None}
    decision, item = last.get(PaperKind.DECISION), case.item
    if decision and decision.seq in had - valid:
        # Nobody proves that a decision was served whose number does not count.
        last.pop(PaperKind.PROOF_OF_SERVICE, None)
    return [
        Available(kind, words().of(item.flow, kind, event.after).title_on(item.type))
        for kind, event in last.items()
        if event.seq not in had
    ]
