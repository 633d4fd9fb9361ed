"""What an appointment is called by people, and what its holder shows at the desk."""

from backend.appointments.record import numbers
from models import Appointment, Message
from tests.backend.appointments.factories import a_resident, a_slot, book, booked_of


async def test_numbers_name_district_and_day_and_codes_have_no_look_alikes(database: None) -> None:
    slot = await a_slot(capacity=60)

    made = [await book(slot.id, by=await a_resident()) for _ in range(55)]

    numbers, codes = {booked.number for booked in made}, {booked.check_in_code for booked in made}
    assert len(numbers) == len(codes) == 55
    assert all(number.startswith("YY210102") and len(number) == 22 for number in numbers)
    assert all(len(code) == 8 and not set(code) & set("01ILO") for code in codes)


async def test_a_number_that_is_taken_is_given_to_nobody_else(database: None) -> None:
    """As when the sequence begins anew, or was set back by a restore."""
    slot = await a_slot(capacity=3)
    first = await book(slot.id, by=await a_resident())
    serial = int(first.number[-6:])
    numbers.serials._left.extendleft((serial + 900_000, serial, serial))  # noqa: SLF001

    second = await book(slot.id, by=await a_resident())

    assert second.number == f"{first.number[:-6]}{serial + 900_000}"
    assert (await Appointment.get(id=second.id)).number == second.number
    assert second.number in (await Message.get(appointment_id=second.id)).body
    assert await booked_of(slot.id) == await Appointment.all().count() == 2
