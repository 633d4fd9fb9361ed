"""Reading a case by number and query code."""

import asyncio

import pytest

from backend.cases import public
from backend.cases.snapshot import Snapshot
from backend.errors import NotFound, ServiceError, TooMany
from config import vault
from config.redis import redis
from models import QueryTry
from tests.backend.cases.factories import a_case

RIVALS = 12
WRONG = "nine99"


async def ask(number: str, code: str = WRONG, address: str = "192.0.2.1") -> str:
    try:
        return (await public.query(number, code, address=address)).number
    except ServiceError as error:
        return error.code


async def test_the_right_code_opens_the_case_and_nothing_else_does(city: None) -> None:
    case = await a_case()
    assert case.query_code

    assert await ask(case.number, case.query_code) == case.number
    with pytest.raises(NotFound) as wrong_code:
        await public.query(case.number, WRONG, address="192.0.2.2")
    with pytest.raises(NotFound) as wrong_number:
        await public.query("9" * 21, case.query_code, address="192.0.2.3")
    assert str(wrong_code.value) == str(wrong_number.value)


async def test_a_number_is_closed_after_five_tries_from_anywhere(city: None) -> None:
    case: Snapshot = await a_case()

    tries = [await ask(case.number, case.query_code or "", f"192.0.2.{n}") for n in range(6)]
    await redis().flushdb()

    assert tries == [case.number] * 5 + ["query_locked"]
    with pytest.raises(TooMany) as refused:
        await public.query(case.number, case.query_code or "", address="192.0.2.99")
    assert 3500 < (refused.value.retry_after or 0) <= 3600


async def test_an_address_is_closed_after_five_tries_of_any_number(city: None) -> None:
    tries = [await ask(f"{n:021d}") for n in range(6)]

    assert tries == ["case_not_found"] * 5 + ["query_locked"]


async def test_an_hour_later_it_is_open_again(city: None) -> None:
    case = await a_case()
    for n in range(5):
        await ask(case.number, address=f"192.0.2.{n}")
    key = vault.blind("query_number", case.number)
    first = (await QueryTry.filter(key=key).order_by("at"))[0]

    await QueryTry.filter(id=first.id).update(at=first.at.replace(year=first.at.year - 1))

    assert await ask(case.number, address="192.0.2.98") == "case_not_found"
    assert await ask(case.number, address="192.0.2.99") == "query_locked"


async def test_of_many_rivals_five_are_answered(city: None) -> None:
    case = await a_case()

    answers = await asyncio.gather(
        *(ask(case.number, address=f"198.51.100.{n}") for n in range(RIVALS))
    )

    assert sorted(answers) == ["case_not_found"] * 5 + ["query_locked"] * (RIVALS - 5)
