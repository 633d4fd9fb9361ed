"""Who stands at a window: taken in once, whoever asks, and found by just what is true of them."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend import real_names
from backend.audit.purposes import AccessPurpose
from backend.errors import ServiceError
from backend.identity import persons
from backend.identity.actors import StaffActor
from backend.identity.identity_check import budget
from backend.identity.persons import Reach
from backend.window import persons as window
from backend.window.persons import Found, Newcomer, Sought
from config import clock, vault
from config.database import connection
from config.settings import settings
from models import Ground, IdentityCheck, Person, Role
from sandbox.actors import id_number
from tests.accounts import a_person, an_account
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, staff
from tests.phones import Phones

NAME, NUMBER, PHONE = "李秀兰", "11010519491231002X", "13900000005"
BORN = date(1949, 12, 31)
VERIFY = "/identity/v1/verify"


async def take_in(by: StaffActor, *, name: str = NAME, **changes: Any) -> tuple[Found, bool]:
    given = {"phone": PHONE, "address": "浑河湾街1号", "community_code": COMMUNITY} | changes
    number = given.pop("id_number", NUMBER)
    newcomer = Newcomer(name=name, id_number=number, reach=Reach(**given), ground=Ground.ID_CARD)
    return await window.take_in(newcomer, by=by, now=clock.now())


async def find(by: StaffActor, **sought: Any) -> list[UUID]:
    found = await window.find(
        Sought(**sought), by=by, purpose=AccessPurpose.INTAKE, words=None, now=clock.now()
    )
    return [each.id for each in found]


async def refusal(by: StaffActor, **changes: Any) -> str:
    with pytest.raises(ServiceError) as refused:
        await take_in(by, **changes)
    return refused.value.code


async def log() -> list[dict[str, Any]]:
    """The access log, oldest first."""
    rows: list[dict[str, Any]] = await connection().execute_query_dict(
        "SELECT * FROM access_log ORDER BY seq"
    )
    return rows


async def test_rivals_at_two_windows_take_in_one_person(
    authority: Phones, clerk: StaffActor
) -> None:
    other = await staff((ELSEWHERE, Role.CLERK))

    taken = await asyncio.gather(*(take_in(by) for by in [clerk, other] * 4))

    person = await Person.get()
    assert {found.id for found, _ in taken} == {person.id}
    assert [made for _, made in taken].count(True) == 1
    assert (person.checked, person.community_id) == (Ground.ID_CARD, COMMUNITY)
    found, _ = taken[0]
    assert (found.profile["phone"], found.profile["address"]) == (PHONE, "浑河湾街1号")
    assert (found.accounts, found.open_cases) == (0, 0)
    rows = await log()
    assert {row["action"] for row in rows} == {"take_in_person"}
    assert {row["object_id"] for row in rows} == {str(person.id)}
    assert NUMBER not in str(rows)


async def test_who_is_known_by_this_name_is_not_asked_of_the_authority_again(
    authority: Phones, clerk: StaffActor
) -> None:
    first, made = await take_in(clerk)
    asked = await authority.asked(VERIFY)

    again, anew = await take_in(clerk, phone="13900000006", address=None)

    assert (made, anew, first.id) == (True, False, again.id)
    assert await authority.asked(VERIFY) == asked
    # What is said at the window last counts, what is not said stays.
    assert again.profile["phone"] == "13900000006"
    assert again.profile["address"] == "浑河湾街1号"


async def test_what_an_account_has_said_stays(authority: Phones, clerk: StaffActor) -> None:
    account = await an_account("own", community_id=ELSEWHERE)
    await real_names.confirm(account.id, name=NAME, id_number=NUMBER, now=clock.now())

    found, made = await take_in(clerk)

    assert (made, found.accounts) == (False, 1)
    assert found.profile["phone"] is None
    assert found.profile["community"]
    assert found.profile["community"]["code"] == ELSEWHERE


async def test_a_number_under_another_name_is_refused_and_a_new_name_that_is_confirmed_taken(
    authority: Phones, clerk: StaffActor
) -> None:
    await authority.person(NAME, NUMBER)
    assert await refusal(clerk, name="李兰") == "identity_mismatch"
    assert not await Person.exists()
    found, _ = await take_in(clerk)
    asked = await authority.asked(VERIFY)

    assert await refusal(clerk, name="李兰") == "person_differs"
    assert await authority.asked(VERIFY) == asked  # it was refused within the hour
    await authority.person("李秀岚", NUMBER)
    renamed, _ = await take_in(clerk, name="李秀岚")

    assert (renamed.id, renamed.profile["name"]) == (found.id, "李秀岚")
    assert await find(clerk, name="李秀岚", birth_date=BORN) == [found.id]
    assert await find(clerk, name=NAME, birth_date=BORN) == []


async def test_an_authority_that_is_away_makes_nobody(authority: Phones, clerk: StaffActor) -> None:
    await authority.fault(VERIFY, "http_500", times=2)

    assert await refusal(clerk) == "identity_unavailable"
    assert not await Person.exists()
    assert not await IdentityCheck.exists()


async def test_a_clerk_whose_checks_are_used_up_is_sent_to_no_window(
    authority: Phones, clerk: StaffActor
) -> None:
    await authority.fault(VERIFY, "daily_quota")

    with pytest.raises(ServiceError) as refused:
        await take_in(clerk)

    assert (refused.value.code, refused.value.retry_after) == ("window_checks_used_up", 86_400)
    assert "窗口" not in refused.value.title


async def test_without_an_authority_the_document_counts(
    clerk: StaffActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(settings()), "identity_url", "")

    await take_in(clerk)

    assert await refusal(clerk, name="李兰") == "person_differs"
    assert (await Person.get()).checked is Ground.ID_CARD


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": "110105194912310021"}, "id_number_invalid"),
        ({"name": "李"}, "name_invalid"),
        ({"phone": "024-12345"}, "phone_invalid"),
        ({"community_code": COMMUNITY[:9] + "999"}, "community_unknown"),
    ],
)
async def test_what_cannot_be_true_is_refused(
    clerk: StaffActor, changes: dict[str, str], code: str
) -> None:
    assert await refusal(clerk, **changes) == code


async def test_only_clerks_take_in_and_find(city: None) -> None:
    for role in (Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.ADMIN):
        by = await staff((COMMUNITY, role))
        assert await refusal(by) == "window_missing"
        with pytest.raises(ServiceError) as refused:
            await find(by, phone=PHONE)
        assert refused.value.code == "window_missing"
    assert await log() == []


async def test_a_person_is_found_by_number_phone_or_name_and_birth_anywhere_in_the_city(
    authority: Phones, clerk: StaffActor
) -> None:
    found, _ = await take_in(clerk)
    account = await an_account(phone_hash=vault.blind("phone", "13700000007"))
    await real_names.confirm(account.id, name=NAME, id_number=NUMBER, now=clock.now())
    far = await staff((ELSEWHERE, Role.CLERK))
    before = len(await log())

    for sought in (
        {"id_number": NUMBER.lower()},
        {"phone": PHONE},
        {"phone": "13700000007"},
        {"name": "李 秀兰", "birth_date": BORN},
    ):
        assert await find(far, **sought) == [found.id]
    for sought in (
        {"id_number": id_number(born=BORN, region="210103")},
        {"phone": "13900000006"},
        {"name": NAME, "birth_date": date(1949, 12, 30)},
    ):
        assert await find(far, **sought) == []

    rows = (await log())[before:]
    assert [row["action"] for row in rows] == ["search_persons"] * 7
    assert {row["purpose"] for row in rows} == {"intake"}
    assert rows[0]["resident_id"] == account.id
    assert ELSEWHERE in str(rows[0]["details"])
    assert not [told for told in (NUMBER, PHONE, NAME) if told in str(rows)]


@pytest.mark.parametrize(
    "sought",
    [
        {},
        {"phone": PHONE, "id_number": NUMBER},
        {"name": NAME},
        {"birth_date": BORN},
        {"phone": "139"},
        {"id_number": "1101051949"},
    ],
)
async def test_what_names_nobody_is_refused_and_finds_nobody(
    clerk: StaffActor, sought: dict[str, Any]
) -> None:
    with pytest.raises(ServiceError) as refused:
        await find(clerk, **sought)
    assert refused.value.code == "person_search_unclear"


async def test_at_most_twenty_are_shown_and_those_of_before_are_found_too(
    clerk: StaffActor,
) -> None:
    for _ in range(21):
        await a_person(born=BORN)
    assert await find(clerk, name="王秀英", birth_date=BORN) == []

    assert await persons.index() == 21

    assert len(await find(clerk, name="王秀英", birth_date=BORN)) == window.MOST


async def test_a_clerks_questions_are_counted_and_what_nobody_rests_on_is_forgotten(
    authority: Phones, clerk: StaffActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(clerk)
    check = await IdentityCheck.get()
    assert (check.staff_id, check.resident_id) == (clerk.id, None)
    later = clock.now() + timedelta(days=2)

    assert await budget.forget(now=later) == 0
    await Person.all().delete()
    assert await budget.forget(now=later) == 1
