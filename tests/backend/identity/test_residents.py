import asyncio
from collections.abc import Coroutine
from datetime import date, timedelta
from uuid import uuid4

import pytest
from tortoise import timezone

from backend.errors import ServiceError, Unauthenticated
from backend.identity import profiles, residents
from backend.identity.sessions import Granted
from config import clock, vault
from models import Assurance, Resident, Session, UnitLevel
from tests.backend.identity.factories import a_community, a_resident
from tests.phones import Phones

LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
RIVALS = 8

pytestmark = pytest.mark.usefixtures("phones")


async def test_the_first_login_makes_an_account_and_the_next_finds_it(phones: Phones) -> None:
    first = await residents.log_in(await phones.code("wang"), now=clock.now())
    second = await residents.log_in(await phones.code("wang"), now=clock.now())
    other = await residents.log_in(await phones.code("li"), now=clock.now())

    assert first.claims.subject == second.claims.subject != other.claims.subject
    assert first.claims.session != second.claims.session
    assert (await profiles.card(first.claims.subject))["assurance"] is Assurance.WECHAT


async def test_rivals_of_one_person_log_in_to_one_account(phones: Phones) -> None:
    for person in ("a", "b", "c"):
        codes = [await phones.code(person) for _ in range(RIVALS)]

        granted = await asyncio.gather(*(residents.log_in(code, now=clock.now()) for code in codes))

        assert len({each.claims.subject for each in granted}) == 1
    assert await Resident.all().count() == 3
    assert await Session.all().count() == 3 * RIVALS


async def test_of_rivals_with_one_code_one_logs_in(phones: Phones) -> None:
    code = await phones.code("wang")

    answers = await asyncio.gather(
        *(residents.log_in(code, now=clock.now()) for _ in range(RIVALS)), return_exceptions=True
    )

    assert sum(isinstance(answer, Granted) for answer in answers) == 1
    codes = [answer.code for answer in answers if isinstance(answer, ServiceError)]
    assert codes == ["wechat_code_invalid"] * (RIVALS - 1)


async def test_a_bad_expired_or_foreign_code_is_refused(phones: Phones) -> None:
    expired = await phones.code("wang")
    await phones.advance(301)
    phone = await phones.code("wang", kind="phone")
    foreign = await phones.code("wang", appid="wx1234567890123456")

    for code in ("", "nonsense", expired, phone, foreign):
        with pytest.raises(Unauthenticated) as refused:
            await residents.log_in(code, now=clock.now())
        assert refused.value.code == "wechat_code_invalid"


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        ("busy", 5),
        ("http_500", 5),
        ("reset_after", 5),
        ("minute_quota", 60),
        ("daily_quota", 3600),
    ],
)
@pytest.mark.parametrize("path", [LOGIN, PHONE])
async def test_in_wechats_trouble_we_say_when_to_come_back(
    phones: Phones, path: str, fault: str, retry_after: int
) -> None:
    resident = await a_resident()
    codes = {LOGIN: await phones.code("wang"), PHONE: await phones.code("wang", kind="phone")}
    await phones.fault(path, fault)

    call: Coroutine[object, object, object] = (
        residents.log_in(codes[LOGIN], now=clock.now())
        if path == LOGIN
        else residents.set_phone(resident.id, codes[PHONE])
    )
    with pytest.raises(ServiceError) as refused:
        await call

    assert (refused.value.kind, refused.value.code) == ("unavailable", "wechat_unavailable")
    assert refused.value.retry_after == retry_after


async def test_whom_wechat_blocks_is_told_so(phones: Phones) -> None:
    code = await phones.code("wang")
    await phones.fault(LOGIN, "blocked")

    with pytest.raises(ServiceError) as refused:
        await residents.log_in(code, now=clock.now())

    assert (refused.value.kind, refused.value.code) == ("forbidden", "wechat_user_blocked")
    assert await Resident.all().count() == 0


async def test_a_phone_number_raises_the_assurance_and_is_sealed(phones: Phones) -> None:
    resident = await a_resident(await phones.openid("wang"))

    await residents.set_phone(resident.id, await phones.code("wang", kind="phone"))

    number = (await profiles.profile(resident.id))["phone"]
    stored = await Resident.get(id=resident.id)
    assert number is not None
    assert len(number) == 11
    assert stored.phone_hash == vault.blind("phone", number)
    assert stored.phone_sealed is not None
    assert number.encode() not in stored.phone_sealed
    assert stored.assurance is Assurance.PHONE


async def test_a_used_phone_code_is_refused_without_doubting_the_session(phones: Phones) -> None:
    resident = await a_resident(await phones.openid("wang"))
    code = await phones.code("wang", kind="phone")
    await residents.set_phone(resident.id, code)

    with pytest.raises(ServiceError) as refused:
        await residents.set_phone(resident.id, code)

    assert (refused.value.kind, refused.value.code) == ("invalid", "phone_code_invalid")


async def test_another_users_phone_code_is_refused(phones: Phones) -> None:
    resident = await a_resident(await phones.openid("wang"))

    with pytest.raises(ServiceError) as refused:
        await residents.set_phone(resident.id, await phones.code("li", kind="phone"))

    assert (refused.value.kind, refused.value.code) == ("invalid", "phone_code_invalid")
    assert (await Resident.get(id=resident.id)).phone_sealed is None


async def test_a_resident_says_where_they_live() -> None:
    resident, home = await a_resident(), await a_community()

    await residents.update_profile(
        resident.id, community_code=home.code, address="和平街1号3-2-1", now=clock.now()
    )

    known = await profiles.profile(resident.id)
    assert known["community"] == {"code": home.code, "name": home.name}
    assert known["address"] == "和平街1号3-2-1"
    assert "和平".encode() not in ((await Resident.get(id=resident.id)).address_sealed or b"")


async def test_an_address_left_out_stays_and_an_empty_one_is_removed() -> None:
    resident, home = await a_resident(), await a_community()
    await residents.update_profile(
        resident.id, community_code=home.code, address="1号", now=clock.now()
    )

    await residents.update_profile(resident.id, community_code=home.code, now=clock.now())
    assert (await profiles.profile(resident.id))["address"] == "1号"

    await residents.update_profile(
        resident.id, community_code=home.code, address="", now=clock.now()
    )
    assert (await profiles.profile(resident.id))["address"] is None


async def test_a_community_must_be_one_today() -> None:
    resident, today = await a_resident(), timezone.localtime().date()
    await a_community("210102001", level=UnitLevel.STREET)
    await a_community("210102001002", valid_to=today - timedelta(days=1))
    await a_community("210102001003", valid_from=today + timedelta(days=1))
    await a_community("210102001004", valid_from=date(2020, 1, 1), valid_to=today)

    for code in ("", "x", "210102001", "210102001002", "210102001003"):
        with pytest.raises(ServiceError) as refused:
            await residents.update_profile(resident.id, community_code=code, now=clock.now())
        assert refused.value.code == "community_unknown"
    await residents.update_profile(resident.id, community_code="210102001004", now=clock.now())


async def test_nothing_is_known_of_a_resident_who_is_gone() -> None:
    for call in (profiles.card(uuid4()), profiles.profile(uuid4())):
        with pytest.raises(Unauthenticated):
            await call
