"""Changing a seat for another."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.appointments.acts import locked, statements
from backend.appointments.acts.change import Change
from backend.appointments.acts.standing import Standing
from backend.appointments.plan import services
from backend.appointments.record import places
from backend.appointments.record.places import Slot
from backend.appointments.record.snapshot import Snapshot, messages_of
from backend.appointments.rules import refusals
from backend.appointments.rules.lifecycle import Action
from backend.appointments.rules.refusals import SlotFull, SlotNotFound, SlotPast
from backend.catalogue import conditions
from backend.catalogue import queries as catalogue
from backend.catalogue.conditions import Facts
from backend.catalogue.refusals import ItemUnknown
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.profiles import Profile
from backend.mandates.acting import Behalf
from notifications.telling import outbox


async def reschedule(
    appointment_id: UUID,
    *,
    by: ResidentActor | Behalf | Standing,
    now: datetime,
    slot_id: UUID,
) -> Snapshot:
    """Change to another slot, also of another office; number and code stay. Who booked is told.

    To the slot it already has, nothing changes. If the new seat can't be had the old one is kept:
    SlotFull, AlreadyBooked, BookingOverlaps, SlotPast, OfficeClosed, ActionNotAllowed,
    ItemNotServed, ConditionUnmet on the new day, AppointmentNotFound or SlotNotFound; ItemUnknown
    where another office is wanted for an item that is offered no more. Somebody's agent calls it
    in the transaction of their mandate, a window for who stands there.
    """
    slot = await places.slot(slot_id)
    async with in_transaction() as within:
        await within.execute_query_dict(statements.LOCK_PERSON, [by.counted])
        appointment = await locked.own(appointment_id, by, within)
        locked.move(appointment, Action.RESCHEDULE, now=now)
        if appointment.slot.id == slot_id:
            return appointment
        await _check_fits(appointment, slot)
        parameters = [
            by.counted, by.account, slot_id, appointment.item_code, slot.day, appointment.id, now
        ]  # fmt: skip
        rows = await within.execute_query_dict(statements.REFUSAL, parameters)
        refusals.check_moved(rows[0]["refusal"])
        try:
            await within.execute_query_dict(
                statements.TAKE_DAY, [appointment.id, slot.day, by.person_id]
            )
            change = Change(Action.RESCHEDULE, by=by.acting, at=now)
            version = await _move(appointment, slot, change, within)
        except IntegrityError as error:
            raise refusals.of_constraint(error) from error
        moved = replace(appointment, slot=slot, version=version)
        told = messages_of(
            Action.RESCHEDULE,
            moved,
            at=now,
            by_agent=isinstance(by, Behalf),
            window=by.window if isinstance(by, Standing) else "",
        )
        await outbox.enqueue(*await told)
    outbox.wake()
    return moved


async def _check_fits(appointment: Snapshot, slot: Slot) -> None:
    """Whether the new office serves the item, and the form fulfils its conditions on the new day.

    Nothing to ask where there is no item, or where it is offered no more and nothing else than the
    time changes.
    """
    if appointment.item_code is None:
        return
    same = appointment.slot.office.id == slot.office.id
    try:
        item = await catalogue.current(appointment.item_code)
    except ItemUnknown:
        if same:
            return
        raise
    if not same:
        services.check(item, slot.office, field="slot_id")
    if appointment.form is not None:
        home = (await _profile(appointment))["community"]
        facts = Facts(appointment.form, slot.day, home["code"] if home else None)
        conditions.check(item.demands, facts)


async def _profile(appointment: Snapshot) -> Profile:
    """Of the person whose it is, whichever account booked; else of the account."""
    if appointment.person_id is not None:
        return (await profiles.principal(appointment.person_id)).profile
    if appointment.resident_id is None:
        raise TypeError("an appointment is an account's or a person's")
    return await profiles.profile(appointment.resident_id)


async def _move(
    appointment: Snapshot, slot: Slot, change: Change, within: BaseDBAsyncClient
) -> int:
    """Take the new seat and leave the old one; the appointment's new version."""
    both = [appointment.slot.id, slot.id]
    rows = await within.execute_query_dict(statements.LOCK_SLOTS, [both, change.at, slot.day])
    found = {row["id"]: row for row in rows}
    target = found.get(slot.id)
    if target is None:
        raise SlotNotFound
    if not target["ahead"]:
        raise SlotPast
    refusals.check_not_closed(target)
    if not target["room"]:
        raise SlotFull
    moved = [appointment.id, slot.id, slot.office.id, *change.parameters]
    rows = await within.execute_query_dict(statements.MOVE, moved)
    version: int = rows[0]["version"]
    return version
