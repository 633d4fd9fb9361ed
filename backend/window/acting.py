"""What a window does for the applicant of a case: it answers what was asked, or withdraws it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.acts import supplement, withdraw
from backend.cases.acts.submit import Window
from backend.cases.reading import queries, scope
from backend.cases.record.intake import Agent
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import CaseNotFound, SubjectMissing
from backend.identity.actors import StaffActor
from backend.identity.profiles import Profile
from backend.window import filing, persons, posts
from backend.window.filing import Consent


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Who stands at which window of the clerk's, and how the person agreed."""

    consent: Consent
    agent: Agent | None = None
    unit_code: str | None = None

    def at(self, by: StaffActor, now: datetime) -> tuple[StaffActor, Window]:
        """The clerk with the post of this window alone, and the window; raises as `filing.file`."""
        post = posts.window(by, self.unit_code)
        intake = filing.taken_in(self.consent, self.agent, by=by, now=now)
        return replace(by, posts=(post,)), Window(unit_code=post.unit_code, intake=intake)


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
    clerk, window = stand.at(by, now)
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
    await _seen(case_id, by)
    clerk, window = stand.at(by, now)
    await withdraw.at_window(case_id, by=clerk, window=window, seen=seen, now=now, reason=reason)


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
