"""The whole app: both APIs, the system's own routes, and what a serving process needs open."""

import asyncio

from structlog import get_logger

from backend.catalogue import queries as catalogue
from backend.http import draining, system
from backend.http.app import App, build_app
from backend.http.routes import Routes
from backend.identity import identity_check, watch
from backend.live import hub
from backend.organisation import queries as organisation
from backend.staff_api import absences as staff_absences
from backend.staff_api import admin_staff, admin_units
from backend.staff_api import appointments as staff_appointments
from backend.staff_api import batches as staff_batches
from backend.staff_api import case_actions as staff_case_actions
from backend.staff_api import cases as staff_cases
from backend.staff_api import events as staff_events
from backend.staff_api import figures as staff_figures
from backend.staff_api import files as staff_files
from backend.staff_api import filters as staff_filters
from backend.staff_api import mandates as staff_mandates
from backend.staff_api import many_cases as staff_many_cases
from backend.staff_api import messages as staff_messages
from backend.staff_api import papers as staff_papers
from backend.staff_api import persons as staff_persons
from backend.staff_api import preferences as staff_preferences
from backend.staff_api import recusals as staff_recusals
from backend.staff_api import reveals as staff_reveals
from backend.staff_api import second_factor as staff_second_factor
from backend.staff_api import session as staff_session
from backend.staff_api import sessions as staff_sessions
from backend.staff_api import tasks as staff_tasks
from backend.staff_api import transfers as staff_transfers
from backend.staff_api import wecom as staff_wecom
from backend.staff_api import window_acts as staff_window_acts
from backend.staff_api import window_cases as staff_window_cases
from backend.staff_api import window_visits as staff_window_visits
from config import calendar, database, tasks
from config.outages import DATABASE, Spell, is_outage
from config.patience import PERSON
from config.redis import redis
from miniprogram_api import docs
from miniprogram_api.endpoints import (
    accesses,
    appointments,
    case_papers,
    cases,
    drafts,
    family,
    files,
    mandates,
    me,
    messages,
    offices,
    own_files,
    places,
    preferences,
    prefill,
    public,
    push,
    reports,
    session,
    sessions,
    verify,
)
from miniprogram_api.endpoints import catalogue as catalogue_api
from wechat import client, wecom

log = get_logger()
UNITS_SECONDS = 60.0
GROUPS: list[Routes] = [
    session.routes,
    sessions.routes,
    me.routes,
    catalogue_api.routes,
    places.routes,
    public.routes,
    files.routes,
    own_files.routes,
    prefill.routes,
    cases.routes,
    case_papers.routes,
    accesses.routes,
    drafts.routes,
    offices.routes,
    appointments.routes,
    mandates.routes,
    family.routes,
    messages.routes,
    preferences.routes,
    push.routes,
    reports.routes,
    staff_session.routes,
    staff_sessions.routes,
    staff_wecom.routes,
    staff_second_factor.routes,
    staff_appointments.routes,
    staff_tasks.routes,
    staff_filters.routes,
    staff_absences.routes,
    staff_cases.routes,
    staff_case_actions.routes,
    staff_many_cases.routes,
    staff_files.routes,
    staff_persons.routes,
    staff_window_cases.routes,
    staff_window_visits.routes,
    staff_window_acts.routes,
    staff_mandates.routes,
    staff_papers.routes,
    staff_reveals.routes,
    staff_figures.routes,
    staff_transfers.routes,
    staff_recusals.routes,
    staff_batches.routes,
    staff_messages.routes,
    staff_preferences.routes,
    staff_events.routes,
    admin_staff.routes,
    admin_units.routes,
    verify.routes,
    system.routes,
    docs.routes,
]


def create_app(name: str = "yikou") -> App:
    """The app with its database, caches and listeners, which open and close with the server."""
    docs.describe([spec for group in GROUPS for spec in group.specs])
    app = build_app(name, GROUPS)
    draining.when_begun(hub.end_all)
    app.before_server_start(_open)
    app.after_server_start(_follow)
    app.before_server_stop(_unfollow)
    app.after_server_stop(_close)
    return app


async def _open(_app: App) -> None:
    await database.connect(PERSON)
    await organisation.load()
    await catalogue.load()
    await watch.catch_up()


async def _follow(app: App) -> None:
    # Not the app's own tasks: Sanic warns of each that a stop cancels.
    app.ctx.following = [
        tasks.keep("ended_sessions", watch.follow),
        tasks.keep("units", _renew_units),
        tasks.keep("live events", hub.follow),
    ]


async def _unfollow(app: App) -> None:
    for task in app.ctx.following:
        task.cancel()
    await asyncio.gather(*app.ctx.following, return_exceptions=True)


async def _renew_units() -> None:
    """Learn of units and holidays that were added while we serve."""
    other = Spell("units_not_renewed", "units_renewed_again")
    while True:
        await asyncio.sleep(UNITS_SECONDS)
        try:
            await organisation.renew()
            # Where files have changed they are read, in some 100 ms.
            await asyncio.to_thread(calendar.refresh)
        # Whatever it is, the units we know stay.
        except Exception as error:  # noqa: BLE001
            (DATABASE if is_outage(error) else other).failed(type(error).__name__, "units")
        else:
            DATABASE.worked("units")
            other.worked("units")


async def _close(_app: App) -> None:
    await client.close()
    await wecom.close()
    await identity_check.close()
    await redis().aclose()
    await database.disconnect()
