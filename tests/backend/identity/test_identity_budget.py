"""The identity service is asked as often as is allowed, and never twice for one answer."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web
from tortoise import timezone

from backend import real_names
from backend.errors import ServiceError
from backend.identity import identity_check
from backend.identity.identity_check.contract import VERIFY
from backend.identity.identity_check.statements import OF_ACCOUNT, OF_NUMBER, OF_PAIR
from models import Assurance, CheckResult, IdentityCheck, Resident
from sandbox.actors import id_number
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import checked
from tests.backend.identity.claims import WANG, claim, refusal, told
from tests.backend.identity.factories import ID_NUMBER, a_resident
from tests.phones import Phones

RIVALS = 8


async def test_an_outage_takes_nothing_of_the_budget(phones: Phones) -> None:
    resident = await a_resident()
    await phones.fault(VERIFY, "busy", times=OF_ACCOUNT)

    for _ in range(OF_ACCOUNT + 1):
        assert (await refusal(claim(resident))).code == "identity_unavailable"
    asked = await phones.asked(VERIFY)
    await identity_check.close()

    # The others were refused without asking.
    assert 0 < asked < OF_ACCOUNT
    assert await IdentityCheck.all().count() == 0


async def test_their_quota_of_the_person_is_ours(phones: Phones) -> None:
    await phones.fault(VERIFY, "daily_quota")
    resident = await a_resident()

    refused = await refusal(claim(resident))

    assert told(refused)[:2] == ("too_many", "identity_quota_exceeded")
    assert refused.retry_after == 86_400
    assert (await IdentityCheck.get()).result is CheckResult.QUOTA_SUBJECT


async def test_rivals_ask_about_one_number_as_often_as_is_allowed(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    accounts = [await a_resident() for _ in range(OF_NUMBER + RIVALS)]

    errors = await asyncio.gather(
        *(refusal(claim(account, f"李{chr(0x4E00 + n)}")) for n, account in enumerate(accounts))
    )

    codes = sorted(error.code for error in errors)
    assert codes == ["identity_mismatch"] * OF_NUMBER + ["identity_quota_exceeded"] * RIVALS
    assert await phones.asked(VERIFY) == OF_NUMBER
    waits = {error.retry_after for error in errors if error.code == "identity_quota_exceeded"}
    assert waits == {86_400}


async def test_one_account_alone_does_not_use_up_the_tries_of_a_number(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    stranger, wang = await a_resident(), await a_resident()

    names = [f"李{chr(0x4E00 + n)}" for n in range(RIVALS)]
    errors = await asyncio.gather(*(refusal(claim(stranger, name)) for name in names))
    await claim(wang)

    codes = sorted(error.code for error in errors)
    assert codes == ["identity_mismatch"] * OF_PAIR + ["identity_quota_exceeded"] * (
        RIVALS - OF_PAIR
    )
    assert (await Resident.get(id=wang.id)).assurance is Assurance.REAL_NAME


async def test_nobody_learns_when_a_number_was_asked_about(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    for n in range(OF_NUMBER):
        await refusal(claim(await a_resident(), f"李{chr(0x4E00 + n)}"))
    hours_ago = timezone.now() - timedelta(hours=7)
    await IdentityCheck.all().update(created_at=hours_ago)

    refused = await refusal(claim(await a_resident(), "李四"))

    assert (refused.code, refused.retry_after) == ("identity_quota_exceeded", 86_400)


async def test_an_accounts_own_tries_say_when_there_are_more(phones: Phones) -> None:
    await phones.option(identity="strict")
    resident = await a_resident()
    born = timezone.localtime().date()
    numbers = [id_number(born=born - timedelta(days=n)) for n in range(1, OF_ACCOUNT + 2)]
    for number in numbers[:OF_ACCOUNT]:
        await refusal(claim(resident, number=number))
    now = timezone.now()
    await IdentityCheck.all().update(created_at=now - timedelta(hours=7))

    with pytest.raises(ServiceError) as refused:
        await real_names.confirm(resident.id, name=WANG, id_number=numbers[OF_ACCOUNT], now=now)

    assert (refused.value.code, refused.value.retry_after) == (
        "identity_quota_exceeded",
        17 * 3600,
    )


async def test_a_match_uses_up_nobodys_tries_of_the_number(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    for _ in range(OF_NUMBER):
        await claim(await a_resident())

    mismatches = [
        (await refusal(claim(await a_resident(), f"李{chr(0x4E00 + n)}"))).code
        for n in range(OF_NUMBER + 1)
    ]

    assert mismatches == ["identity_mismatch"] * OF_NUMBER + ["identity_quota_exceeded"]


async def test_one_account_asks_about_as_many_numbers_as_are_allowed(phones: Phones) -> None:
    await phones.option(identity="strict")
    resident = await a_resident()
    born = timezone.localtime().date()
    numbers = [id_number(born=born - timedelta(days=n)) for n in range(1, OF_ACCOUNT + 3)]

    errors = await asyncio.gather(*(refusal(claim(resident, number=number)) for number in numbers))

    codes = sorted(error.code for error in errors)
    assert codes == ["identity_mismatch"] * OF_ACCOUNT + ["identity_quota_exceeded"] * 2
    assert await phones.asked(VERIFY) == OF_ACCOUNT


async def test_what_was_asked_a_day_ago_no_longer_counts(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    for n in range(OF_NUMBER):
        await refusal(claim(await a_resident(), f"李{chr(0x4E00 + n)}"))
    wang = await a_resident()
    full = await refusal(claim(wang))
    yesterday = timezone.now() - timedelta(hours=24, seconds=1)
    first = await IdentityCheck.all().order_by("created_at").first()
    assert first is not None

    await IdentityCheck.filter(id=first.id).update(created_at=yesterday)
    await claim(wang)

    assert full.code == "identity_quota_exceeded"
    assert (await Resident.get(id=wang.id)).assurance is Assurance.REAL_NAME


async def test_a_refused_claim_made_again_is_not_asked_again(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    resident = await a_resident()

    first = await refusal(claim(resident, "李四"))
    again = await refusal(claim(resident, "李四"))
    asked = await phones.asked(VERIFY)
    await claim(resident)

    assert told(first) == told(again)
    assert asked == 1
    assert await phones.asked(VERIFY) == 2


async def test_one_claim_made_many_times_at_once_is_asked_once(phones: Phones) -> None:
    resident = await a_resident()

    heard = await asyncio.gather(*(claim(resident) for _ in range(RIVALS)), return_exceptions=True)
    again = [error for error in heard if error is not None]
    await claim(resident)

    assert len(again) < RIVALS
    assert {getattr(error, "code", error) for error in again} <= {"idempotency_key_in_flight"}
    assert await phones.asked(VERIFY) == 1


async def test_who_asks_while_the_same_is_asked_loses_no_try_and_is_told_when(
    database: None,
) -> None:
    resident = await a_resident()
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def play(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await may_answer.wait()
        return await checked("mismatch")(request)

    async with playing.listening() as authority:
        authority.play = play
        asking = asyncio.ensure_future(refusal(claim(resident)))
        await arrived.wait()
        again = [await refusal(claim(resident)) for _ in range(RIVALS)]
        may_answer.set()
        first = await asking
        last = await refusal(claim(resident))
        await identity_check.close()

    assert {(error.code, error.retry_after) for error in again} == {
        ("idempotency_key_in_flight", 1)
    }
    assert (first.code, told(first)) == ("identity_mismatch", told(last))
    assert len(authority.asked) == await IdentityCheck.all().count() == 1


async def test_who_read_the_account_before_the_match_was_kept_does_not_ask_anew(
    phones: Phones,
) -> None:
    resident = await a_resident()
    await claim(resident)
    before = {"person_id": None, "assurance": Assurance.WECHAT}
    await Resident.filter(id=resident.id).update(**before)

    refused = await refusal(claim(resident))

    assert refused.code == "idempotency_key_in_flight"
    assert await phones.asked(VERIFY) == 1


async def test_a_name_that_is_known_already_is_not_asked_again(phones: Phones) -> None:
    resident = await a_resident()
    for _ in range(OF_NUMBER + 1):
        await claim(resident)

    assert await phones.asked(VERIFY) == 1
