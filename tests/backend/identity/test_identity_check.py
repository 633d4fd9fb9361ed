"""A real name is kept only when the identity service confirms it."""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs
from tortoise import timezone

from backend import real_names
from backend.errors import ServiceError
from backend.identity import identity_check, profiles
from backend.identity.identity_check.contract import VERIFY
from backend.identity.identity_check.statements import OF_ACCOUNT, OF_NUMBER
from config import clock
from config.settings import settings
from miniprogram_api.process.jobs import purge
from models import Assurance, CheckResult, Ground, IdentityCheck, Person, Resident
from sandbox.actors import id_number
from tests import stage
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import checked, refused
from tests.backend.identity.factories import ID_NUMBER, OTHER_ID_NUMBER, a_resident
from tests.forked import Forked, Source
from tests.phones import Phones
from tests.stage import Kind
from tests.waiting import held_up

WANG = "王秀英"
HERE = stage.database_url(f"{Kind.EMPTY}_{stage.WORKER}")
# A process of its own that has a name confirmed: the resident's id, name, number.
CLAIM = """
import asyncio, sys
from uuid import UUID
from backend import real_names
from config import clock, database

async def main():
    await database.connect()
    who, name, number = sys.argv[1:]
    await real_names.confirm(UUID(who), name=name, id_number=number, now=clock.now())

asyncio.run(main())
"""
RIVALS = 8


def claim(
    resident: Resident, name: str = WANG, number: str = ID_NUMBER
) -> Coroutine[Any, Any, None]:
    return real_names.confirm(resident.id, name=name, id_number=number, now=clock.now())


async def refusal(work: Coroutine[Any, Any, None]) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        await work
    return refused.value


def told(error: ServiceError) -> tuple[object, ...]:
    return (error.kind, error.code, error.title, error.detail, error.invalid_params)


async def test_a_confirmed_name_is_kept_with_its_ground(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    resident = await a_resident()

    await claim(resident)

    assert (await profiles.card(resident.id))["assurance"] is Assurance.REAL_NAME
    check = await IdentityCheck.get(resident_id=resident.id)
    assert (check.result, check.provider) == (CheckResult.MATCH, "yikou-sandbox")
    person = await Person.get(accounts__id=resident.id)
    assert (check.number_hash, person.checked) == (person.id_number_hash, Ground.IDENTITY_CHECK)


async def test_another_persons_number_changes_nothing_of_the_account(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    resident = await a_resident()
    before = await Resident.all().values()

    refused = await refusal(claim(resident, "李四"))

    assert told(refused)[:2] == ("invalid", "identity_mismatch")
    assert await Resident.all().values() == before


async def test_nobody_learns_whether_a_number_exists(phones: Phones) -> None:
    await phones.option(identity="strict")
    await phones.person(WANG, ID_NUMBER)

    mismatch = await refusal(claim(await a_resident(), "李四"))
    no_record = await refusal(claim(await a_resident(), "李四", OTHER_ID_NUMBER))

    assert told(mismatch) == told(no_record)
    results = {check.result for check in await IdentityCheck.all()}
    assert results == {CheckResult.MISMATCH, CheckResult.NO_RECORD}


async def test_without_a_service_no_real_name_can_be_had(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(settings()), "identity_url", "")
    resident = await a_resident()

    refused = await refusal(claim(resident))

    assert told(refused)[:2] == ("conflict", "identity_check_missing")
    assert (await Resident.get(id=resident.id)).assurance is Assurance.WECHAT
    assert await IdentityCheck.all().count() == 0


@pytest.mark.parametrize(
    ("fault", "wait"),
    [("busy", 5), ("http_500", 5), ("reset_before", 5), ("reset_after", 5), ("minute_quota", 60)],
)
async def test_a_service_that_is_away_is_never_a_mismatch(
    phones: Phones, fault: str, wait: int
) -> None:
    resident = await a_resident()
    await phones.fault(VERIFY, fault)

    refused = await refusal(claim(resident))
    await claim(resident)

    assert told(refused)[:2] == ("unavailable", "identity_unavailable")
    assert refused.retry_after == wait
    assert (await Resident.get(id=resident.id)).assurance is Assurance.REAL_NAME
    assert await IdentityCheck.all().count() == 1


async def test_nobody_at_the_address_is_never_a_mismatch(database: None) -> None:
    refused = await refusal(claim(await a_resident()))

    assert told(refused)[:2] == ("unavailable", "identity_unavailable")
    await identity_check.close()


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
    accounts = [await a_resident() for _ in range(RIVALS)]

    errors = await asyncio.gather(
        *(refusal(claim(account, f"李{chr(0x4E00 + n)}")) for n, account in enumerate(accounts))
    )

    codes = sorted(error.code for error in errors)
    assert codes == ["identity_mismatch"] * OF_NUMBER + ["identity_quota_exceeded"] * (
        RIVALS - OF_NUMBER
    )
    assert await phones.asked(VERIFY) == OF_NUMBER
    waits = {error.retry_after for error in errors if error.code == "identity_quota_exceeded"}
    assert waits == {86_400}


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


async def test_a_name_that_is_known_already_is_not_asked_again(phones: Phones) -> None:
    resident = await a_resident()
    for _ in range(OF_NUMBER + 1):
        await claim(resident)

    assert await phones.asked(VERIFY) == 1


async def test_a_new_name_of_the_same_person_is_asked_anew(phones: Phones) -> None:
    resident = await a_resident()
    await claim(resident)

    refused = await refusal(claim(resident, "王秀莹"))

    assert refused.code == "identity_mismatch"
    assert (await profiles.profile(resident.id))["name"] == WANG


async def test_who_was_killed_before_keeping_the_answer_may_ask_again(
    phones: Phones, tmp_path: Path
) -> None:
    resident, log = await a_resident(), tmp_path / "log"
    source = Source(CLAIM, str(resident.id), WANG, ID_NUMBER)
    async with stage.owner() as rival, rival.transaction():
        await rival.execute("SELECT FROM resident WHERE id = $1 FOR NO KEY UPDATE", resident.id)
        process = Forked(source, os.environ | {"YIKOU_DATABASE_URL": HERE}, out=log, err=log)
        # The answer is there, and what is to be kept waits.
        await held_up(rival)
        process.kill()
        process.wait()
    left = await IdentityCheck.filter(result__isnull=True).count()

    await claim(resident)

    assert left == 1
    assert (await Resident.get(id=resident.id)).assurance is Assurance.REAL_NAME
    assert await IdentityCheck.filter(result=CheckResult.MATCH).count() == 1
    assert await phones.asked(VERIFY) == 2


async def test_the_service_is_asked_outside_of_any_transaction(database: None) -> None:
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def play(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await may_answer.wait()
        return await checked()(request)

    async with playing.listening() as authority:
        authority.play = play
        asking = asyncio.ensure_future(claim(await a_resident()))
        await arrived.wait()
        async with stage.owner() as owner:
            open_ones = await owner.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            )
        may_answer.set()
        await asking
        await identity_check.close()

    assert open_ones == 0


async def test_the_log_tells_each_question_and_neither_name_nor_number(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    resident = await a_resident()

    with capture_logs() as lines:
        await refusal(claim(resident, "李四光"))
        await phones.fault(VERIFY, "http_500")
        await refusal(claim(resident))
        await claim(resident)

    told = [line for line in lines if line["event"] == "identity_asked"]
    assert [line["code"] for line in told] == ["mismatch", "http_500", "match"]
    assert [line["provider"] for line in told] == ["yikou-sandbox", None, "yikou-sandbox"]
    for line in told:
        assert line.keys() >= {"check", "number_hash", "ms"}
    for clear in (WANG, "李四光", ID_NUMBER, settings().identity_token):
        assert clear not in str(lines)


async def test_a_service_that_breaks_the_contract_is_told_once_and_when_it_is_over(
    database: None,
) -> None:
    first, second = await a_resident(), await a_resident()
    async with playing.listening() as authority:
        with capture_logs() as lines:
            authority.play = refused(500, "config", provider_code="AuthFailure")
            for resident in (first, second):
                assert (await refusal(claim(resident))).code == "identity_unavailable"
            authority.play = checked()
            await claim(first)
        await identity_check.close()

    told = [line for line in lines if line["event"] in {"identity_refused", "identity_back"}]
    assert [line["event"] for line in told] == ["identity_refused", "identity_back"]
    assert told[0]["error"] == "config:AuthFailure"
    assert told[1]["failures"] == 2


async def test_checks_without_a_match_are_forgotten_after_a_day(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    wang, li, gone = [await a_resident() for _ in range(3)]
    await claim(wang)
    await refusal(claim(li, "李四"))
    await claim(gone)
    await Resident.filter(id=gone.id).update(erased_at=timezone.now())
    await purge(now=clock.now())
    assert await IdentityCheck.all().count() == 3

    old = timezone.now() - timedelta(hours=25)
    await IdentityCheck.all().update(created_at=old)
    await purge(now=clock.now())

    assert [check.resident_id for check in await IdentityCheck.all()] == [wang.id]
