"""A resident's own appointments."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend.appointments.acts import booking, cancelling, moving
from backend.appointments.acts.wishes import Wish
from backend.appointments.reading import queries
from backend.appointments.record.snapshot import Snapshot
from backend.appointments.rules.refusals import AppointmentNotFound
from backend.audit import Act
from backend.http import bookings, pages
from backend.http.answers import Answer, encode, variant
from backend.http.body import Body
from backend.http.call import B, Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.mandates import acting
from config import encoding
from miniprogram_api.endpoints.appointment_views import AppointmentView, appointment_view
from miniprogram_api.endpoints.offices import ItemCode
from models import AppointmentStatus, Right

routes = Routes(
    "resident_appointments", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)

BodyId = Annotated[UUID, Field(strict=False)]


class BookAppointment(Body):
    """A seat in a slot, for an item, for a case of one's own, or for neither.

    An item of the flow booking is asked for with its form; the draft of it goes with the booking.
    """

    slot_id: BodyId
    item_code: ItemCode | None = None
    case_id: BodyId | None = None
    form: dict[str, Any] | None = None
    draft_id: BodyId | None = None


class CancelAppointment(Body):
    """Why, if the resident likes to say."""

    reason: Annotated[str, Field(max_length=200)] | None = None


class RescheduleAppointment(Body):
    """The slot wanted instead."""

    slot_id: BodyId


class ListAppointments(Page):
    """Which of my appointments."""

    status: AppointmentStatus | None = None


async def _booked_again(call: Call[BookAppointment, NoQuery]) -> None:
    """What an agent booked is shown again only while their mandate holds."""
    if (behalf := await call.behalf(item_code=call.body.item_code)) is not None:
        booked = encoding.loads(call.first)["id"]
        await acting.record(behalf, did="book_again", on=("appointment", booked))


async def _acted_again(call: Call[B, NoQuery], appointment_id: UUID) -> None:
    """What an agent did is shown again only while their mandate holds."""
    if (behalf := await call.behalf()) is not None:
        await queries.one_for(appointment_id, behalf)
        await acting.record(behalf, did="act_again", on=("appointment", appointment_id))


@routes.post(
    "/appointments",
    body=BookAppointment,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_booked_again,
    status=201,
    keyed=Keyed.OWN,
    key_required=True,
    errors=bookings.BOOK,
)
async def book_appointment(call: Call[BookAppointment, NoQuery]) -> Answer[AppointmentView]:
    """Book a seat, mine or my principal's; one active booking per person, item and day."""
    wish = Wish(
        item_code=call.body.item_code,
        case_id=call.body.case_id,
        form=call.body.form,
        draft_id=call.body.draft_id,
    )
    slot_id, now, once = call.body.slot_id, call.now, call.once

    def render(appointment: Snapshot) -> bytes:
        return encode(appointment_view(appointment, now))

    if call.mandate_id is None:
        body = await booking.book(
            slot_id, wish, resident_id=call.who, now=now, once=once, render=render
        )
    else:
        by = await call.resident()
        body = await booking.book_for(
            slot_id, wish, call.mandate_id, by=by, now=now, once=once, render=render
        )
    return Answer(body, 201)


@routes.get("/appointments", query=ListAppointments, behalf=Right.READ, records=(Act.ACT_FOR,))
async def list_appointments(
    call: Call[Nothing, ListAppointments],
) -> Answer[Listing[AppointmentView]]:
    """List my appointments, or those that my mandate covers, last booked first."""
    before = pages.position_uuid(call.query)
    status, limit = call.query.status, call.query.limit + 1
    if (behalf := await call.behalf()) is None:
        found = await queries.list_of_resident(call.who, status=status, before=before, limit=limit)
    else:
        await acting.record(behalf, did="list_appointments")
        found = await queries.list_for(behalf, status=status, before=before, limit=limit)
    kept, following = pages.cut(found, call.query, lambda appointment: str(appointment.id))
    shown = [appointment_view(one, call.now) for one in kept]
    return Answer({"items": shown, "next_cursor": following})


@routes.get(
    "/appointments/<appointment_id:uuid>",
    etag=True,
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    errors=(AppointmentNotFound,),
)
async def get_appointment(
    call: Call[Nothing, NoQuery], appointment_id: UUID
) -> Answer[AppointmentView]:
    """Show one of my appointments, or that my mandate covers."""
    if (behalf := await call.behalf()) is None:
        return _shown(await queries.one_of_resident(appointment_id, call.who), now=call.now)
    found = await queries.one_for(appointment_id, behalf)
    await acting.record(behalf, did="open_appointment", on=("appointment", appointment_id))
    return _shown(found, now=call.now)


@routes.post(
    "/appointments/<appointment_id:uuid>/cancel",
    body=CancelAppointment,
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=bookings.CANCEL,
)
async def cancel_appointment(
    call: Call[CancelAppointment, NoQuery], appointment_id: UUID
) -> Answer[AppointmentView]:
    """Give the seat back; a cancelled appointment stays as it is."""
    now, reason = call.now, call.body.reason
    if call.mandate_id is not None:
        async with call.for_principal(
            call.mandate_id, did="cancel", on=("appointment", appointment_id)
        ) as behalf:
            cancelled = await cancelling.cancel(appointment_id, by=behalf, now=now, reason=reason)
    else:
        by = await call.resident()
        cancelled = await cancelling.cancel(appointment_id, by=by, now=now, reason=reason)
    return _shown(cancelled, now=now)


@routes.post(
    "/appointments/<appointment_id:uuid>/reschedule",
    body=RescheduleAppointment,
    etag=True,
    behalf=Right.SUBMIT,
    records=(Act.ACT_FOR,),
    again=_acted_again,
    errors=bookings.MOVE,
)
async def reschedule_appointment(
    call: Call[RescheduleAppointment, NoQuery], appointment_id: UUID
) -> Answer[AppointmentView]:
    """Change to another slot; if that can't be had, the old one is kept."""
    now, slot_id = call.now, call.body.slot_id
    if call.mandate_id is not None:
        async with call.for_principal(
            call.mandate_id, did="reschedule", on=("appointment", appointment_id)
        ) as behalf:
            moved = await moving.reschedule(appointment_id, by=behalf, now=now, slot_id=slot_id)
    else:
        by = await call.resident()
        moved = await moving.reschedule(appointment_id, by=by, now=now, slot_id=slot_id)
    return _shown(moved, now=now)


def _shown(appointment: Snapshot, *, now: datetime) -> Answer[AppointmentView]:
    """The body with an ETag that also changes when the office moves or the slot begins."""
    body = encode(appointment_view(appointment, now))
    return Answer(body, version=appointment.version, variant=variant(body))
