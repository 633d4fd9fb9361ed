"""What a window does for the applicant of a case: it answers, withdraws, confirms or reopens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import finish, supplement, withdraw
from backend.cases.acts.submit import Window
from backend.cases.reading import queries, scope
from backend.cases.record.intake import Agent
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import CaseNotFound, SubjectMissing
from backend.identity.actors import StaffActor
from backend.identity.profiles import Profile
from backend.mandates import acting as mandates
from backend.window import filing, persons, posts
from backend.window.filing import Consent
from notifications.telling import outbox


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Who stands at which window of the clerk's, and how the person agreed."""

    consent: Consent
    agent: Agent | None = None
    unit_code: str | None = None

    @asynccontextmanager
    async def at(
        self, by: StaffActor, case: Snapshot, *, did: Action, now: datetime
    ) -> AsyncIterator[tuple[StaffActor, Window]]:
        """A transaction with the clerk of this window's post alone, and the window.

        Raises as `filing.taken_in` and `filing.mandate_of`; what is done under a mandate is
        recorded.
        """
        post = posts.window(by, self.unit_code)
        intake = await filing.taken_in(self.consent, self.agent, by=by, now=now)
        if case.subject_id is None:
            raise SubjectMissing
        async with in_transaction():
            mandate = await filing.mandate_of(
                intake, post, principal_id=case.subject_id, item_code=case.item_code, now=now
            )
            yield replace(by, posts=(post,)), Window(unit_code=post.unit_code, intake=intake)
            if mandate is not None:
                await mandates.record_unit(mandate, by=by, at=post, did=did, on=("case", case.id))
        outbox.wake()


async def answer(
    case_id: UUID,
    stand: Stand,
    *,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
    by: StaffActor,
    seen: int,
    now: datetime,
) -> None:
    """Answer the notice of what was missing, for the person; as `supplement.at_window`.

    Windows that see the case may: the one that filed it, and those whose posts cover it.
    """
    case = await _seen(case_id, by)
    async with stand.at(by, case, did=Action.SUPPLEMENT, now=now) as (clerk, window):
        await supplement.at_window(
            case_id,
            by=clerk,
            window=window,
            seen=seen,
            now=now,
            profile=await _profile(case),
            form=form,
            materials=materials,
        )


async def take_back(
    case_id: UUID, stand: Stand, *, reason: str | None, by: StaffActor, seen: int, now: datetime
) -> None:
    """Withdraw it for the person; as `withdraw.at_window`, at the same windows."""
    case = await _seen(case_id, by)
    async with stand.at(by, case, did=Action.WITHDRAW, now=now) as (clerk, window):
        await withdraw.at_window(
            case_id, by=clerk, window=window, seen=seen, now=now, reason=reason
        )


async def say(
    case_id: UUID, stand: Stand, *, unsolved: str | None, by: StaffActor, seen: int, now: datetime
) -> None:
    """Confirm for the person what was done, or say what is `unsolved`, at the same windows."""
    case, did = await _seen(case_id, by), Action.REOPEN if unsolved else Action.CONFIRM
    async with stand.at(by, case, did=did, now=now) as (clerk, window):
        await finish.answered_at_window(
            case_id, by=clerk, window=window, seen=seen, now=now, unsolved=unsolved
        )


async def _seen(case_id: UUID, by: StaffActor) -> Snapshot:
    """The case, if the clerk sees it at all: whoever does not is told nothing of what is amiss."""
    case = await queries.one(case_id)
    if not scope.sees(by, case):
        raise CaseNotFound
    return case


async def _profile(case: Snapshot) -> Profile:
    if case.subject_id is None:
        raise SubjectMissing
    return (await persons.one(case.subject_id)).profile
