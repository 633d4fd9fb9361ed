"""A real name is kept only when the identity service confirms it."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from tortoise import timezone

from backend.identity import identity_check, profiles
from backend.identity.identity_check.contract import VERIFY
from backend.identity.identity_check.statements import IN_FLIGHT_SECONDS
from config import clock
from config.settings import settings
from miniprogram_api.process.jobs import purge
from models import Assurance, CheckResult, Ground, IdentityCheck, Person, Resident
from tests import stage
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import checked
from tests.backend.identity.claims import WANG, claim, refusal, told
from tests.backend.identity.factories import ID_NUMBER, OTHER_ID_NUMBER, a_resident
from tests.forked import Forked, Source
from tests.phones import Phones
from tests.stage import Kind
from tests.waiting import held_up

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
    seconds_ago = timezone.now() - timedelta(seconds=IN_FLIGHT_SECONDS)
    left = await IdentityCheck.filter(result__isnull=True).update(created_at=seconds_ago)

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
