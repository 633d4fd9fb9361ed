"""What has failed is told by what helps: nothing of it is shown, and the log says it once."""

import errno
import json

import asyncpg
import pytest
from structlog.testing import capture_logs

from backend.appointments.rules.refusals import SlotFull
from backend.cases.rules.refusals import CaseNotFound
from backend.errors import ServiceError
from backend.http import outage, problems
from backend.http.refusals import DatabaseUnavailable, InternalError
from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.refusals import StorageFull, Unavailable
from config.outages import Spell
from tests.backend.http.requests import a_request


@pytest.fixture(autouse=True)
def spells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of a database that is away; nothing of it stays for the next test."""
    said: list[str] = []
    monkeypatch.setattr(outage, "seen", said.append)
    monkeypatch.setattr(outage, "_full", Spell("storage_full", "storage_has_room"))
    monkeypatch.setitem(outage._seen, "full", outage._seen["full"])  # noqa: SLF001
    return said


def test_storage_that_is_full_is_kept_in_mind() -> None:
    problems.refusal(StorageFull(), instance="abc")
    assert outage.lately_full()


def full_disk() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "refused", "level", "away"),
    [
        (asyncpg.DiskFullError("x"), StorageFull, None, []),
        (full_disk(), StorageFull, None, []),
        (OSError(errno.EDQUOT, "x"), StorageFull, None, []),
        (
            asyncpg.LockNotAvailableError("x"),
            DatabaseUnavailable,
            ("warning", "lock_not_available"),
            [],
        ),
        (
            asyncpg.CannotConnectNowError("x"),
            DatabaseUnavailable,
            None,
            ["CannotConnectNowError"],
        ),
        (asyncpg.UniqueViolationError("x"), InternalError, ("error", "failure"), []),
        (ValueError("210102199001011234"), InternalError, ("error", "failure"), []),
        (OSError(errno.EACCES, "x"), InternalError, ("error", "failure"), []),
    ],
)
def test_what_has_failed_is_told_by_what_helps(
    *,
    error: Exception,
    refused: type[ServiceError],
    level: tuple[str, str] | None,
    away: list[str],
    spells: list[str],
) -> None:
    with capture_logs() as lines:
        found = problems.meaning(error, route="/told/<id>")

    assert type(found) is refused
    assert [(line["log_level"], line["event"], line["route"]) for line in lines] == (
        [(*level, "/told/<id>")] if level else []
    )
    assert spells == away
    if refused is StorageFull:
        assert found.__cause__ is error


def test_of_our_own_fault_nothing_is_shown() -> None:
    response = problems.failure(a_request(), ValueError("210102199001011234"))
    body = json.loads(response.body or b"")
    assert (body["status"], body["code"]) == (500, "internal_error")
    assert "210102199001011234" not in str(body)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CaseNotFound(), "case_not_found"),
        (SlotFull(), "slot_full"),
        (ValueError("x"), "internal_error"),
    ],
)
def test_a_part_that_cannot_be_done_says_so_and_the_rest_goes_on(
    error: Exception, code: str
) -> None:
    request = a_request()
    request.ctx.request_id = "abc"
    part = problems.of_part(error, request)
    assert (part["code"], part["instance"]) == (code, "urn:request:abc")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (Unavailable(), Unavailable),
        (StorageFull(), StorageFull),
        (IdempotencyKeyInFlight(), IdempotencyKeyInFlight),
        (asyncpg.DiskFullError("x"), StorageFull),
        (asyncpg.LockNotAvailableError("x"), DatabaseUnavailable),
    ],
)
def test_what_trying_again_helps_refuses_the_whole(
    error: Exception, raised: type[ServiceError]
) -> None:
    with pytest.raises(raised) as refused:
        problems.of_part(error, a_request())
    assert refused.value is error or refused.value.__cause__ is error
