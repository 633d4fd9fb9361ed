"""The way to a city's identity service, and what becomes of its answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from backend.identity.identity_check.contract import LARGEST, VERIFY
from backend.identity.identity_check.outcomes import (
    Answered,
    LeftAlone,
    NotConnected,
    SubjectQuota,
    Unanswered,
)
from backend.identity.identity_check.service import FAILURES, Service
from config import breaker
from config.breaker import PAUSE_SECONDS
from config.settings import settings
from models import CheckResult
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import Authority, Play, checked, raw, refused
from tests.backend.identity.factories import ID_NUMBER

NAME = "王小四"


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    async with playing.listening() as authority:
        yield authority


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    yield service
    await service.aclose()


async def ask(service: Service) -> Answered:
    return await service.ask(uuid4(), name=NAME, number=ID_NUMBER)


@pytest.mark.parametrize("result", ["match", "mismatch", "no_record"])
async def test_an_answer_says_what_it_says(
    authority: Authority, service: Service, result: str
) -> None:
    authority.play = checked(result)

    assert await ask(service) == Answered(CheckResult(result), "test", "r-1")


async def test_the_question_is_sent_once_with_the_token(
    authority: Authority, service: Service
) -> None:
    check = uuid4()

    await service.ask(check, name=NAME, number=ID_NUMBER)

    [asked] = authority.asked
    assert (asked.method, asked.path) == ("POST", VERIFY)
    assert asked.headers["Authorization"] == f"Bearer {settings().identity_token}"
    assert asked.body["request_id"] == str(check)
    assert asked.body["subject"] == {"name": NAME, "id_type": "id_card", "id_number": ID_NUMBER}


NO_ANSWER: list[tuple[str, Play, str, bool]] = [
    ("never", playing.never, "timeout", False),
    ("reset", playing.cut, "connection_broken", False),
    ("proxy", raw("<html>502</html>", status=502, media_type="text/html"), "http_502", False),
    ("page", raw("<html>hello</html>", media_type="text/html"), "other_type", True),
    ("text", raw("{}", media_type="text/plain"), "other_type", True),
    ("half", raw('{"request_id": "'), "malformed", True),
    ("empty", raw(""), "malformed", True),
    ("list", raw("[]"), "malformed", True),
    ("not UTF-8", raw(b'{"result": "\xff"}'), "malformed", True),
    ("deep", raw("[" * 9000), "malformed", True),
    ("long", raw(b" " * (LARGEST + 1)), "too_large", True),
    ("packed", raw(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "malformed", True),
    ("moved", raw("", status=307, headers={"Location": "http://127.0.0.1:1/"}), "http_307", True),
    ("their 429", raw("slow down", status=429, media_type="text/plain"), "http_429", True),
    ("other result", checked("maybe"), "malformed", True),
    ("not completed", checked("not_completed"), "not_completed", True),
    ("another's answer", checked(request_id=str(uuid4())), "other_request", True),
    ("no time", checked(checked_at="yesterday"), "malformed", True),
    ("no offset", checked(checked_at="2026-11-26T10:15:00"), "malformed", True),
    ("billed as text", checked(billed="yes"), "malformed", True),
    ("a NUL in its reference", checked(provider_ref="a\0b"), "malformed", True),
    ("the number repeated", checked(provider_ref=ID_NUMBER), "number_repeated", True),
    ("a match beside an error", refused(200, "unavailable"), "malformed", True),
    ("a class of another status", refused(503, "invalid_input"), "http_503", False),
    ("an unknown class", refused(400, "sorry"), "http_400", True),
    ("its contract used up", refused(429, "quota_account"), "quota_account", True),
    ("away", refused(503, "unavailable", provider_code="-6"), "unavailable:-6", False),
    ("late", refused(504, "timeout"), "timeout", False),
    ("set up wrongly", refused(500, "config"), "config", True),
    ("another token", refused(401, "config"), "config", True),
    ("no evidence", refused(422, "evidence_invalid"), "evidence_invalid", True),
]


@pytest.mark.parametrize(
    ("play", "code", "fault"),
    [each[1:] for each in NO_ANSWER],
    ids=[each[0] for each in NO_ANSWER],
)
async def test_whatever_is_no_answer_says_nothing_of_the_person(
    authority: Authority, play: Play, code: str, *, fault: bool
) -> None:
    authority.play = play
    # Only what never comes is waited for in full: less than for a connection, whatever is slow.
    late = play is playing.never
    service = Service(seconds=0.5 if late else 30)

    with pytest.raises(Unanswered) as failed:
        await ask(service)

    assert (failed.value.code, failed.value.fault) == (code, fault)
    assert late or len(authority.asked) == 1
    await service.aclose()


async def test_what_the_authority_finds_impossible_is_an_answer(
    authority: Authority, service: Service
) -> None:
    authority.play = refused(400, "invalid_input", provider_code="-2")

    assert await ask(service) == Answered(CheckResult.INVALID_INPUT)


async def test_a_number_that_was_asked_about_too_often_is_no_fault_of_the_service(
    authority: Authority, service: Service
) -> None:
    authority.play = refused(429, "quota_subject", retry_after_s=7200)

    for _ in range(FAILURES + 1):
        with pytest.raises(SubjectQuota):
            await ask(service)
    assert len(authority.asked) == FAILURES + 1


async def test_a_service_that_nobody_hears_is_not_connected(service: Service) -> None:
    with pytest.raises(NotConnected):
        await ask(service)


async def test_a_failed_connection_is_tried_once_more(
    authority: Authority, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, failures = aiohttp.TCPConnector.connect, [OSError("unreachable")]

    async def unsteady(connector: Any, request: aiohttp.ClientRequest, **more: Any) -> Any:
        if failures:
            raise aiohttp.ClientConnectorError(request.connection_key, failures.pop())
        return await connect(connector, request, **more)

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", unsteady)

    assert (await ask(service)).result is CheckResult.MATCH
    assert len(authority.asked) == 1


async def test_a_service_in_trouble_is_asked_once_in_five_seconds(
    authority: Authority, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(breaker, "monotonic", lambda: later)
    authority.play = refused(503, "unavailable")

    async def crowd(size: int) -> list[object]:
        ended: list[object] = await asyncio.gather(
            *(ask(service) for _ in range(size)), return_exceptions=True
        )
        return ended

    for _ in range(FAILURES):
        await crowd(1)
    assert all(isinstance(error, LeftAlone) for error in await crowd(20))
    assert len(authority.asked) == FAILURES

    later += PAUSE_SECONDS
    assert len([error for error in await crowd(20) if not isinstance(error, LeftAlone)]) == 1
    assert len(authority.asked) == FAILURES + 1

    authority.play = checked("mismatch")
    later += PAUSE_SECONDS
    await crowd(1)
    assert all(isinstance(answer, Answered) for answer in await crowd(20))
