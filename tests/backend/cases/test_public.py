"""Reading a case by number and query code."""

import asyncio
from datetime import datetime, timedelta

import pytest

from backend.cases.reading import public
from backend.cases.reading.statements import HOUR_SECONDS
from backend.cases.record.snapshot import Snapshot
from backend.errors import NotFound, ServiceError, TooMany
from config.redis import redis
from models import QueryTry
from tests.backend.cases.factories import NOW, QUERY_CODE, a_case

RIVALS = 12
WRONG = "nine99"


async def ask(
    number: str, code: str = WRONG, address: str = "192.0.2.1", *, now: datetime = NOW
) -> str:
    try:
        return (await public.query(number, code, address=address, now=now)).number
    except ServiceError as error:
        return error.code


async def test_the_right_code_opens_the_case_and_nothing_else_does(city: None) -> None:
    case = await a_case()

    assert await ask(case.number, QUERY_CODE) == case.number
    with pytest.raises(NotFound) as wrong_code:
        await public.query(case.number, WRONG, address="192.0.2.2", now=NOW)
    with pytest.raises(NotFound) as wrong_number:
        await public.query("9" * 21, QUERY_CODE, address="192.0.2.3", now=NOW)
    assert str(wrong_code.value) == str(wrong_number.value)


async def test_who_knows_the_code_asks_as_often_as_they_like(city: None) -> None:
    case = await a_case()

    tries = [await ask(case.number, QUERY_CODE) for _ in range(2 * public.OF_NUMBER)]

    assert set(tries) == {case.number}
    assert await QueryTry.all().count() == 0


async def test_an_office_behind_one_address_is_not_shut_out_by_one_who_errs(city: None) -> None:
    erred, fine = await a_case(), await a_case()

    tries = [await ask(erred.number) for _ in range(6)]

    assert tries == ["case_not_found"] * 5 + ["query_locked"]
    assert await ask(erred.number, QUERY_CODE) == "query_locked"
    assert await ask(fine.number, QUERY_CODE) == fine.number


async def test_a_strangers_wrong_tries_do_not_shut_out_the_owner(city: None) -> None:
    case = await a_case()

    stranger = [await ask(case.number, address="192.0.2.66") for _ in range(12)]

    assert stranger == ["case_not_found"] * 5 + ["query_locked"] * 7
    assert await ask(case.number, QUERY_CODE, "192.0.2.1") == case.number


@pytest.mark.parametrize("known", [True, False])
async def test_guessing_one_number_from_many_addresses_is_bounded(
    city: None, *, known: bool
) -> None:
    case: Snapshot = await a_case()
    number = case.number if known else "9" * 21

    tries = [await ask(number, address=f"198.51.100.{n // 5}") for n in range(50)]
    await redis().flushdb()

    assert tries == ["case_not_found"] * public.OF_NUMBER + ["query_locked"] * 30
    with pytest.raises(TooMany) as refused:
        await public.query(number, QUERY_CODE, address="192.0.2.99", now=NOW)
    assert refused.value.retry_after == HOUR_SECONDS


async def test_guessing_many_numbers_from_one_address_is_bounded(city: None) -> None:
    case: Snapshot = await a_case()
    tries = [await ask(f"{n:021d}") for n in range(public.OF_ADDRESS + 1)]

    assert tries == ["case_not_found"] * public.OF_ADDRESS + ["query_locked"]
    assert await ask(case.number, QUERY_CODE) == "query_locked"
    assert await ask(case.number, QUERY_CODE, "192.0.2.2") == case.number


async def test_an_hour_later_it_is_open_again(city: None) -> None:
    case = await a_case()
    for minute in range(5):
        await ask(case.number, now=NOW + timedelta(minutes=minute))
    first, second = NOW + timedelta(hours=1), NOW + timedelta(hours=1, minutes=1)

    assert await ask(case.number, now=first - timedelta(seconds=1)) == "query_locked"
    assert await ask(case.number, now=first) == "case_not_found"
    assert await ask(case.number, now=first) == "query_locked"
    assert await ask(case.number, now=second) == "case_not_found"


async def test_who_is_locked_out_twice_is_told_the_longer_wait(city: None) -> None:
    for n in range(public.OF_ADDRESS - 5):
        await ask(f"{n:021d}", now=NOW - timedelta(minutes=50))
    for _ in range(5):
        await ask("9" * 21)

    with pytest.raises(TooMany) as refused:
        await public.query("9" * 21, WRONG, address="192.0.2.1", now=NOW)
    assert refused.value.retry_after == HOUR_SECONDS


async def test_of_many_rivals_no_more_are_answered_than_may_be(city: None) -> None:
    case = await a_case()

    one = await asyncio.gather(*(ask(case.number) for _ in range(RIVALS)))
    many = await asyncio.gather(
        *(ask(case.number, address=f"198.51.100.{n}") for n in range(2 * RIVALS))
    )

    assert sorted(one) == ["case_not_found"] * 5 + ["query_locked"] * (RIVALS - 5)
    left = public.OF_NUMBER - 5
    assert sorted(many) == ["case_not_found"] * left + ["query_locked"] * (2 * RIVALS - left)


async def test_rivals_with_the_right_code_are_all_answered(city: None) -> None:
    case = await a_case()

    heard = await asyncio.gather(*(ask(case.number, QUERY_CODE) for _ in range(RIVALS)))

    assert heard == [case.number] * RIVALS
