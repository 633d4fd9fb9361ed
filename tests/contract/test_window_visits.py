"""A window books for somebody without a phone, who has the seat all the same."""

from aiohttp import ClientSession

from sandbox.actors import id_number
from tests.contract.at_window import BIRTHDAYS, NAME, refusal, taken_in
from tests.contract.at_window import window as window
from tests.live import Live
from tests.people import Person, on_duty, person


async def test_a_window_books_for_somebody_moves_it_and_gives_it_back(
    live: Live, http: ClientSession, window: Person
) -> None:
    number = id_number(born=next(BIRTHDAYS))
    lady = await taken_in(window, number)
    visits, asked = "/api/v1/staff/appointments", {"person_id": lady["id"]}
    first, second = (await window.slots())[:2]

    booked = await window.post(visits, {**asked, "slot_id": first["id"]})

    assert (booked["applicant"]["name_masked"], booked["status"]) == ("李*兰", "booked")
    again = {**asked, "slot_id": second["id"]}
    assert await refusal(window.post(visits, again)) == (409, "already_booked")
    moved = await window.post(f"{visits}/{booked['id']}/reschedule", again)
    assert (moved["slot"]["id"], moved["number"]) == (second["id"], booked["number"])
    # She has no phone that would show it; the window says it to her.
    assert moved["check_in_code"] == booked["check_in_code"] is not None
    listed = await window.get(f"/api/v1/staff/persons/{lady['id']}/appointments")
    assert [each["id"] for each in listed["items"]] == [booked["id"]]
    assert "check_in_code" not in listed["items"][0]
    # Once there is a phone it is hers, and she is told of what the window does then.
    account = person(live, http)
    await account.log_in()
    await account.post("/api/v1/me/real-name", {"name": NAME, "id_number": number})
    [mine] = (await account.get("/api/v1/appointments"))["items"]
    assert (mine["id"], mine["slot"]["id"]) == (booked["id"], second["id"])
    assert mine["check_in_code"] == booked["check_in_code"]
    back = await window.post(
        f"{visits}/{booked['id']}/reschedule", {**asked, "slot_id": first["id"]}
    )
    assert back["check_in_code"] is None
    looks = (await account.get("/api/v1/me/accesses"))["items"]
    assert [look["what"] for look in looks] == ["list_appointments", "take_in_person"]
    cancel = f"{visits}/{booked['id']}/cancel"
    stranger = await taken_in(window, id_number(born=next(BIRTHDAYS)))
    wrong = {"person_id": stranger["id"]}
    assert await refusal(window.post(cancel, wrong)) == (404, "appointment_not_found")
    supervisor = await on_duty(live, http, "supervisor")
    assert await refusal(supervisor.post(cancel, asked)) == (403, "window_missing")
    assert (await window.post(cancel, asked))["status"] == "cancelled"
    told = (await account.get("/api/v1/messages"))["items"]
    kinds = ("cancel", "reschedule", "reschedule", "book")
    assert [each["kind"] for each in told] == [f"appointment.{kind}_at_window" for kind in kinds]
