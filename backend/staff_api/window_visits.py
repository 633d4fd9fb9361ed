"""Appointments that a window makes, moves and cancels for whoever stands there."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.appointments.acts.wishes import Wish
from backend.audit import Act
from backend.http import bookings
from backend.http.answers import Answer, encode, variant
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.staff_api.appointment_views import StaffAppointment, shown_visit, staff_appointment
from backend.window import posts, visits
from backend.window.refusals import PersonNotFound, WindowMissing, WindowUnclear
from backend.window.visits import Made

routes = Routes(
    "staff_window_visits",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="the appointment's own event tells it",
)

BodyId = Annotated[UUID, Field(strict=False)]


class AtWindow(Body):
    """Who stands at which window of mine."""

    person_id: BodyId
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None


class BookForPerson(AtWindow):
    """A seat for a person who was found or taken in: for an item, a case of theirs, or neither."""

    slot_id: BodyId
    item_code: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    case_id: BodyId | None = None
    form: dict[str, Any] | None = None


class RescheduleForPerson(AtWindow):
    """The slot wanted instead."""

    slot_id: BodyId


class CancelForPerson(AtWindow):
    """Why, if the person likes to say."""

    reason: Annotated[str, Field(max_length=200)] | None = None


class WindowAppointment(StaffAppointment):
    """The visit, with the code to say or write down for who has no phone that shows it."""

    check_in_code: str | None


class PersonVisits(TypedDict):
    """What a person has ahead."""

    items: list[StaffAppointment]


async def _again(call: Call[AtWindow, NoQuery], **_path: UUID) -> None:
    """The first answer shows the visit once more."""
    by = await call.staff()
    window = posts.window(by, call.body.unit_code)
    await audit.record(
        Act.LIST_APPOINTMENTS,
        by=by.acting,
        on=("person", call.body.person_id),
        details={"repeated": True, "unit": window.unit_code, "role": window.role},
    )


@routes.get(
    "/persons/<person_id:uuid>/appointments",
    errors=(WindowMissing, PersonNotFound),
    records=(Act.LIST_APPOINTMENTS,),
)
async def list_person_appointments(
    call: Call[Nothing, NoQuery], person_id: UUID
) -> Answer[PersonVisits]:
    """List what the person at my window has ahead, at whichever office."""
    found = await visits.of_person(person_id, by=await call.staff(), now=call.now)
    return Answer({"items": [await staff_appointment(visit) for visit in found]})


@routes.post(
    "/appointments",
    body=BookForPerson,
    status=201,
    keyed=Keyed.OWN,
    key_required=True,
    errors=(WindowMissing, WindowUnclear, PersonNotFound, *bookings.BOOK),
    again=_again,
)
async def book_for_person(call: Call[BookForPerson, NoQuery]) -> Answer[WindowAppointment]:
    """Book a seat at any office for the person at my window, who is told."""
    asked = call.body
    made = await visits.book(
        asked.person_id,
        asked.slot_id,
        Wish(item_code=asked.item_code, case_id=asked.case_id, form=asked.form),
        unit_code=asked.unit_code,
        by=await call.staff(),
        now=call.now,
        once=call.once,
        render=lambda made, item: encode(_with_code(shown_visit(made.visit, item), made)),
    )
    return Answer(made, 201)


@routes.post(
    "/appointments/<appointment_id:uuid>/reschedule",
    body=RescheduleForPerson,
    etag=True,
    errors=(WindowMissing, WindowUnclear, *bookings.MOVE),
    again=_again,
)
async def reschedule_for_person(
    call: Call[RescheduleForPerson, NoQuery], appointment_id: UUID
) -> Answer[WindowAppointment]:
    """Move the person's appointment to another slot; the old seat is kept if that fails."""
    moved = await visits.move(
        appointment_id,
        person_id=call.body.person_id,
        slot_id=call.body.slot_id,
        unit_code=call.body.unit_code,
        by=await call.staff(),
        now=call.now,
    )
    shown = encode(_with_code(await staff_appointment(moved.visit), moved))
    return Answer(shown, version=moved.visit.appointment.version, variant=variant(shown))


@routes.post(
    "/appointments/<appointment_id:uuid>/cancel",
    body=CancelForPerson,
    etag=True,
    errors=(WindowMissing, WindowUnclear, *bookings.CANCEL),
    again=_again,
)
async def cancel_for_person(
    call: Call[CancelForPerson, NoQuery], appointment_id: UUID
) -> Answer[StaffAppointment]:
    """Give the person's seat back; a cancelled appointment stays as it is."""
    cancelled = await visits.cancel(
        appointment_id,
        person_id=call.body.person_id,
        reason=call.body.reason,
        unit_code=call.body.unit_code,
        by=await call.staff(),
        now=call.now,
    )
    shown = encode(await staff_appointment(cancelled))
    return Answer(shown, version=cancelled.appointment.version, variant=variant(shown))


def _with_code(shown: StaffAppointment, made: Made) -> WindowAppointment:
    return {**shown, "check_in_code": made.code}
