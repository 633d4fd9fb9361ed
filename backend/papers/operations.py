"""What is done with papers: they are issued, drawn and revoked."""

import contextlib
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules.refusals import NotYourUnit
from backend.files import names, store
from backend.files.contents import PDF
from backend.identity.actors import StaffActor
from backend.papers import (
    codes,
    composing,
    drawing,
    kinds,
    queries,
    record,
    rights,
    statements,
    telling,
)
from backend.papers.record import Issued
from backend.papers.refusals import PaperNotFound, PaperReissueForbidden, PaperRevoked
from config.database import connection
from config.vault import sealed
from models import PaperKind, StoredFile, uuid7
from notifications.telling import outbox


class _Rivalled(Exception):
    """Somebody else has just done it."""


class Done(NamedTuple):
    """A paper, and the numbers of what was issued just now: a proof comes with its decision."""

    paper: Issued
    issued: list[str]


async def issue(
    case: Snapshot, kind: PaperKind, *, staff: StaffActor | None, now: datetime
) -> Done:
    """The paper of the last event that carries one, drawn.

    Each event has one: whoever asks again gets the same. Where that was revoked, only staff of the
    unit that issued it get another: PaperReissueForbidden, also where the applicant's side asks,
    with None for `staff`.
    PaperNotDue; PapersBusy, FilesUnavailable or StorageFull where it is written but could not be
    drawn: it is, when next asked for. Not within a transaction.
    """
    event = kinds.event_for(case, kind)
    if (found := await queries.of_event(case.id, event.seq)) is not None:
        return Done(await drawn(found, now=now), [])
    issued: list[str] = []
    served: Issued | None = None
    if kind is PaperKind.PROOF_OF_SERVICE:
        # First the decision that is served: the proof names its number.
        served, issued = await issue(case, PaperKind.DECISION, staff=staff, now=now)
    with contextlib.suppress(_Rivalled):
        issued = [*issued, await _written(case, event, kind, served=served, staff=staff, now=now)]
    found = await queries.of_event(case.id, event.seq)
    if found is None:
        raise PaperRevoked  # by a rival, in this moment
    return Done(await drawn(found, now=now), issued)


async def drawn(paper: Issued, *, now: datetime) -> Issued:
    """The paper with its file, which is drawn where there is none yet."""
    if paper.file_id is not None:
        return paper
    pdf = await drawing.draw(paper.content, paper.layout)
    key = store.new_key()
    # bytes first: a crash in between leaves bytes nobody names, which are swept
    await store.put(key, pdf)
    try:
        await _filed(paper, key, pdf, now=now)
    except _Rivalled:
        await store.delete([key])
    found = await queries.of_event(paper.case_id, paper.seq)
    if found is None:
        raise PaperRevoked
    return found


async def revoke(
    case: Snapshot, paper_id: UUID, *, by: StaffActor, reason: str, now: datetime
) -> None:
    """Say that a paper is no longer valid; its unit may then issue another on its event.

    With a decision goes the proof that it was served, whichever unit gave that. The applicant is
    told. For who sees the case: PaperNotFound; NotYourUnit for all but approvers of the unit that
    issued it and supervisors of it or above; PaperRevoked.
    """
    issued = await queries.of_case(case.id)
    paper = next((each for each in issued if each.id == paper_id), None)
    if paper is None:
        raise PaperNotFound
    if not rights.may_revoke(paper.unit_code, by):
        raise NotYourUnit
    async with in_transaction():
        if not await _revoked(paper, by=by, reason=reason, now=now):
            raise PaperRevoked
        if paper.kind is PaperKind.DECISION:
            for each in await queries.of_case(case.id):
                if each.kind is PaperKind.PROOF_OF_SERVICE and each.revoked_at is None:
                    await _revoked(each, by=by, reason=reason, now=now)
        await outbox.enqueue(*await telling.revoked(case, at=now))
    outbox.wake()


async def _revoked(paper: Issued, *, by: StaffActor, reason: str, now: datetime) -> bool:
    """Whether it was valid until now."""
    why = sealed.seal("paper", paper.id, column="revoke_reason", text=reason)
    given = [paper.id, paper.case_id, now, by.id, why]
    return bool(await connection().execute_query_dict(statements.REVOKE, given))


async def _written(
    case: Snapshot,
    event: Event,
    kind: PaperKind,
    *,
    served: Issued | None,
    staff: StaffActor | None,
    now: datetime,
) -> str:
    """Give the paper its number, which comes back, and write down all that it says."""
    names_it = f"{served.title}（{served.number}）" if served else ""
    paper = await composing.ready(case, event, kind, served=names_it)
    paper_id, code = uuid7(), codes.new()
    async with in_transaction() as within:
        if served and not await within.execute_query_dict(statements.HOLD_VALID, [served.id]):
            raise PaperRevoked
        rows = await within.execute_query_dict(statements.NEXT_NUMBER, [paper.series])
        number = f"{paper.series}第{rows[0]['newest']:06d}号"
        said = record.seal(paper_id, paper.says(number=number, code=code))
        what = [case.id, kind, event.seq, paper.unit_code, number, paper.words.common.layout]
        given = [paper_id, now, *what, codes.hashed(code), said]
        if not await within.execute_query_dict(statements.ISSUE, given):
            raise _Rivalled  # and the number is given back
        before = await within.execute_query_dict(statements.REVOKED, [case.id, event.seq])
        if before and not rights.may_issue_anew(before[0]["unit_id"], staff):
            raise PaperReissueForbidden
    return number


async def _filed(paper: Issued, key: str, pdf: bytes, *, now: datetime) -> None:
    file_id, name = uuid7(), names.shown(f"{paper.title} {paper.number}.pdf", PDF)
    async with in_transaction() as within:
        await StoredFile.create(
            id=file_id,
            created_at=now,
            unit_id=paper.unit_code,
            key=key,
            name_sealed=names.sealed_name(file_id, name),
            name_hash=names.hashed(paper.unit_code, name),
            media_type=PDF,
            size=len(pdf),
            sha256=sha256(pdf).hexdigest(),
        )
        if not await within.execute_query_dict(statements.HAS_FILE, [paper.id, file_id]):
            raise _Rivalled
