"""The periodic jobs: each is a function of the layer whose rows it tends."""

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

REMINDERS = {
    "visits soon": visits.remind_soon,
    "visits": visits.remind,
    "supplements": warning.warn,
    "drafts": drafts_warning.warn,
}
"""What residents are reminded of: each takes the time, tells of what is due then, and counts."""


async def purge(*, now: datetime) -> None:
    """Delete what no longer counts: keys, tokens, tries, checks, drafts, old pushes, news.

    Of checks those without a match go; news is what staff were told. And let persons be found whom
    an earlier release kept without what finds them.
    """
    for what, forget in FORGETTING.items():
        if gone := await forget(now=now):
            log.info("purged", what=what, count=gone)
    if found := await persons.index():
        log.info("persons_indexed", count=found)


async def remind_residents(*, now: datetime) -> None:
    """Tell residents what is soon due; at night what is not due within the hour waits."""
    for what, remind in REMINDERS.items():
        if (what == "visits soon" or not quiet(now)) and (count := await remind(now=now)):
            log.info("residents_reminded", what=what, count=count)


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
