"""Equal requests that arrive while the first one is worked on."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from typing_extensions import TypedDict

from backend.appointments.rules.refusals import SlotFull
from backend.http import keyed
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from tests.serving import Heard, Served, served

HOW = ["atomic", "after"]


class Run(TypedDict):
    run: int


class Work:
    """An operation that has begun, goes on until it is let, and may fail the first time."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails_first = False
        self.has_begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def __call__(self, _call: Call[Nothing, NoQuery]) -> Answer[Run]:
        """The number of the run."""
        self.runs += 1
        number = self.runs
        self.has_begun.set()
        await self.may_end.wait()
        if self.fails_first and number == 1:
            raise SlotFull
        return Answer({"run": number}, 200)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
async def api(database: None, work: Work) -> AsyncIterator[Served]:
    routes = Routes("effects", prefix="/effects", guard=Guard.OPEN, unrecorded="of a test")

    @routes.post("/atomic", keyed=Keyed.ATOMIC)
    async def in_a_transaction(call: Call[Nothing, NoQuery]) -> Answer[Run]:
        return await work(call)

    @routes.post("/after", keyed=Keyed.AFTER)
    async def outside(call: Call[Nothing, NoQuery]) -> Answer[Run]:
        return await work(call)

    async with served([routes]) as api:
        yield api


async def ask(api: Served, how: str) -> Heard:
    return await api.ask("POST", f"/effects/{how}", **{"Idempotency-Key": "k"})


def begin(api: Served, how: str, *, number: int) -> "asyncio.Future[list[Heard]]":
    return asyncio.gather(*[ask(api, how) for _ in range(number)])


@pytest.mark.parametrize("how", HOW)
async def test_who_comes_second_waits_for_the_answer(api: Served, work: Work, how: str) -> None:
    first = begin(api, how, number=1)
    await work.has_begun.wait()
    rivals = begin(api, how, number=8)
    done, _ = await asyncio.wait({rivals}, timeout=0.2)
    assert not done
    work.may_end.set()

    heard = await first + await rivals

    assert [(one.status, one.body) for one in heard] == [(200, {"run": 1})] * 9
    assert len([one for one in heard if "Idempotent-Replayed" not in one.headers]) == 1


@pytest.mark.parametrize("how", HOW)
async def test_one_of_those_who_wait_runs_when_the_first_has_failed(
    api: Served, work: Work, how: str
) -> None:
    work.fails_first = True
    first = begin(api, how, number=1)
    await work.has_begun.wait()
    rivals = begin(api, how, number=8)
    work.may_end.set()

    assert (await first)[0].code == "slot_full"
    assert [(one.status, one.body) for one in await rivals] == [(200, {"run": 2})] * 8


@pytest.mark.parametrize("how", HOW)
async def test_who_has_waited_long_enough_is_told_to_come_back(
    api: Served, work: Work, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "PATIENCE_SECONDS", 0.1)
    first = begin(api, how, number=1)
    await work.has_begun.wait()

    rivals = await begin(api, how, number=8)
    work.may_end.set()

    assert {(one.status, one.code) for one in rivals} == {(409, "idempotency_key_in_flight")}
    assert {one.headers["Retry-After"] for one in rivals} == {"1"}
    assert ((await first)[0].status, work.runs) == (200, 1)
