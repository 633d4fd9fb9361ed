"""The periodic jobs: each is a function of the layer whose rows it tends."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from backend.appointments.acts import reminding as visits
from backend.appointments.plan import slots
from backend.cases.acts import reminding, warning
from backend.cases.reading import public
from backend.cases.record import outlooks
from backend.drafts import drafts
from backend.drafts import warning as drafts_warning
from backend.erasure import carrying_out
from backend.files import sweep as files
from backend.idempotency import keys
from backend.identity import persons, sessions
from backend.identity.identity_check import budget
from backend.live import events as live
from backend.messages import operations as messages
from backend.messages import pushes
from notifications.jobs.running import Jobs
from notifications.sending import sweep as deliveries
from notifications.telling.quiet import quiet

log = structlog.get_logger(__name__)

FORGETTING = {
    "idempotency keys": keys.forget,
    "refresh tokens": sessions.forget,
    "query tries": public.forget,
    "identity checks": budget.forget,
    "drafts": drafts.forget,
    "push events": pushes.forget,
    "staff messages": messages.forget,
    "staff events": live.forget,
}
"""What has served its time: each takes the time, deletes what is older than it need be, counts."""

AT_ANY_HOUR = {"visits soon": visits.remind_soon}
BY_DAY = {
    "visits": visits.remind,
    "supplements": warning.warn,
    "drafts": drafts_warning.warn,
}
"""What residents are reminded of: each takes the time, tells of what is due then, and counts."""

Part = Callable[..., Awaitable[int]]


async def purge(*, now: datetime) -> None:
    """Delete what no longer counts: keys, tokens, tries, checks, drafts, old pushes, news.

    Of checks those without a match go; news is what staff were told. And let persons be found whom
    an earlier release kept without what finds them.
    """
    try:
        await _each(FORGETTING, "purged", now)
    finally:
        if found := await persons.index():
            log.info("persons_indexed", count=found)


async def remind_residents(*, now: datetime) -> None:
    """Tell residents what is soon due; at night what is not due within the hour waits."""
    due = AT_ANY_HOUR if quiet(now) else AT_ANY_HOUR | BY_DAY
    await _each(due, "residents_reminded", now)


async def _each(parts: Mapping[str, Part], done: str, now: datetime) -> None:
    """Run every part, and only then raise what the first one raised that failed."""
    failures: list[Exception] = []
    for what, run in parts.items():
        try:
            if count := await run(now=now):
                log.info(done, what=what, count=count)
        # Whatever is wrong with one part, the others must run.
        except Exception as failure:  # noqa: BLE001
            failures.append(failure)
    if failures:
        raise failures[0]


JOBS: Jobs = {
    "sweep_deliveries": deliveries.sweep,
    "purge": purge,
    "extend_slots": slots.extend,
    "sweep_files": files.sweep,
    "erase": carrying_out.carry_out,
    "remind": reminding.remind,
    "learn_outlooks": outlooks.learn,
    "remind_residents": remind_residents,
}
"""By the names that `jobs.yaml` gives periods."""
