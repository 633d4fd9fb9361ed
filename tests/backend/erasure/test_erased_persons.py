import asyncio

import pytest

from backend import real_names
from backend.appointments.acts.cancelling import cancel
from backend.appointments.reading.queries import one_of_resident
from backend.consistency import appointment_events, audit
from backend.erasure import carrying_out
from backend.errors import ServiceError
from backend.files import operations as files
from backend.files import store
from backend.files.owners import Owner
from backend.identity import residents
from config import clock
from config.settings import settings
from models import AppointmentStatus, Erasure, Message, Person, Resident, StoredFile
from notifications.telling import outbox
from notifications.telling.messages import mandate_message
from notifications.telling.recipients import Person as To
from tests import stage
from tests.backend.appointments.factories import a_slot, actor_of, book, noon
from tests.backend.cases.factories import a_case
from tests.backend.erasure.leaving import leave
from tests.backend.files.pictures import PDF
from tests.backend.identity.factories import ID_NUMBER
from tests.phones import Phones
from tests.waiting import held_up


async def test_what_is_kept_for_a_person_goes_with_the_last_account(wang: Resident) -> None:
    assert wang.person_id
    hers = Owner("person", wang.person_id)
    kept = await files.upload(hers, name="a.pdf", content=PDF, now=clock.now())
    await outbox.enqueue(mandate_message("accept", to=To(wang.person_id), at=clock.now()))

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    left = [await each.all().count() for each in (StoredFile, Message, Person)]
    assert left == [0, 0, 0]
    with pytest.raises(ServiceError):
        await store.get(kept.key)


async def test_a_person_nobody_needs_goes_with_the_last_account(
    wang: Resident, phones: Phones
) -> None:
    booked = await book((await a_slot(starts_at=noon(days=1))).id, by=actor_of(wang))
    again = await residents.log_in(await phones.code("wang again"), now=clock.now())
    other = again.claims.subject
    await real_names.confirm(other, name="王秀英", id_number=ID_NUMBER, now=clock.now())

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())
    shared = await Person.get()
    # The seat is the person's, who has another account, and is kept.
    kept = await one_of_resident(booked.id, other)
    assert (kept.status, kept.resident_id) == (AppointmentStatus.BOOKED, other)
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []
    await leave(await Resident.get(id=other))
    await carrying_out.carry_out(now=clock.now())

    assert shared.id == wang.person_id
    assert await Person.all().count() == 0


async def test_her_words_go_with_the_account_that_wrote_them(
    wang: Resident, phones: Phones
) -> None:
    booked = await book((await a_slot(starts_at=noon(days=1))).id, by=actor_of(wang))
    again = await residents.log_in(await phones.code("wang again"), now=clock.now())
    other = again.claims.subject
    await real_names.confirm(other, name="王秀英", id_number=ID_NUMBER, now=clock.now())
    by = actor_of(await Resident.get(id=other))
    await cancel(booked.id, by=by, reason="孩子生病", now=clock.now())

    await leave(await Resident.get(id=other))
    await carrying_out.carry_out(now=clock.now())

    assert (await one_of_resident(booked.id, wang.id)).cancel_reason is None
    assert await _unsound() == []
    await leave(wang)
    await carrying_out.carry_out(now=clock.now())
    assert await _unsound() == []


async def _unsound() -> list[str]:
    """What the audit finds wrong with events of appointments."""
    findings = await audit.run(settings().database_url, appointment_events.CHECKS)
    return [finding.check.name for finding in audit.broken(findings)]


async def test_a_person_with_cases_keeps_name_and_number_alone(wang: Resident) -> None:
    await a_case(by=actor_of(wang))
    await Person.all().update(phone_hash="x", phone_sealed=b"x", address_sealed=b"x")
    before = await Person.get()

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    left = await Person.get()
    assert (left.phone_hash, left.phone_sealed, left.address_sealed) == (None, None, None)
    assert (left.name_sealed, left.id_number_hash) == (before.name_sealed, before.id_number_hash)
    assert (await Erasure.get()).person_id is None


async def test_an_account_confirmed_while_the_person_goes_is_waited_for(
    wang: Resident, phones: Phones
) -> None:
    other = (await residents.log_in(await phones.code("other"), now=clock.now())).claims.subject
    await leave(wang)
    async with stage.owner() as rival, rival.transaction():
        # As a confirmation does: the person first, then the account.
        await rival.execute("SELECT FROM person FOR NO KEY UPDATE")
        going = asyncio.ensure_future(carrying_out.carry_out(now=clock.now()))
        await held_up(rival)
        await rival.execute(
            "UPDATE resident SET person_id = $2, assurance = 'real_name' WHERE id = $1",
            other,
            wang.person_id,
        )
    await going

    assert (await Person.get()).id == wang.person_id
    assert (await Erasure.get()).state == "done"
