"""The visits to an office, for the staff who serve there: the day, and one with its form."""

from uuid import UUID

from backend import audit
from backend.appointments.reading import desk
from backend.appointments.rules.refusals import AppointmentNotFound, OfficeNotFound
from backend.audit import Act
from backend.http import pages
from backend.http.answers import Answer, encode, variant
from backend.http.body import Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views.appointments import OfficeView, office_view
from backend.staff_api.appointment_views import (
    OfficeDay,
    StaffAppointment,
    office_day,
    staff_appointment,
)
from config.clock import city_day
from config.database import one_moment
from config.days import NearDay

routes = Routes("staff_appointments", prefix="/api/v1/staff", guard=Guard.STAFF)


class ListStaffOffices(Page):
    """The offices of my posts."""


class ShowDay(Query):
    """A day in the city, today if not given."""

    date: NearDay | None = None


@routes.get("/offices", query=ListStaffOffices, unrecorded="names no person")
async def list_staff_offices(
    call: Call[Nothing, ListStaffOffices],
) -> Answer[Listing[OfficeView]]:
    """List the offices that my posts cover."""
    by = await call.staff()
    after = pages.position(call.query)
    found = await desk.offices(by, after=after, limit=call.query.limit + 1)
    kept, following = pages.cut(found, call.query, lambda office: office.code)
    return Answer({"items": [office_view(office) for office in kept], "next_cursor": following})


@routes.get(
    "/offices/<office_id:uuid>/day",
    query=ShowDay,
    errors=(OfficeNotFound,),
    records=(Act.LIST_APPOINTMENTS,),
)
async def get_office_day(call: Call[Nothing, ShowDay], office_id: UUID) -> Answer[OfficeDay]:
    """Show who comes to an office of mine on a day."""
    by, on = await call.staff(), call.query.date or city_day(call.now)
    async with one_moment():
        day = await desk.day(office_id, on, by=by)
    seen = [str(visit.appointment.id) for visit in day.visits]
    details = {"day": on.isoformat(), "appointments": seen}
    await audit.record(
        Act.LIST_APPOINTMENTS, by=by.acting, on=("office", office_id), details=details
    )
    return Answer(office_day(day, on))


@routes.get(
    "/appointments/<appointment_id:uuid>",
    etag=True,
    errors=(AppointmentNotFound,),
    records=(Act.OPEN_APPOINTMENT,),
)
async def get_staff_appointment(
    call: Call[Nothing, NoQuery], appointment_id: UUID
) -> Answer[StaffAppointment]:
    """Show a visit to an office of mine, with its form."""
    by = await call.staff()
    async with one_moment():
        visit = await desk.visit(appointment_id, by=by)
        shown = encode(await staff_appointment(visit))
    await audit.record(
        Act.OPEN_APPOINTMENT,
        by=by.acting,
        on=("appointment", appointment_id),
        resident=visit.appointment.resident_id,
    )
    return Answer(shown, version=visit.appointment.version, variant=variant(shown))
