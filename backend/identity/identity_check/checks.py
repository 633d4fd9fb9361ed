"""One check: counted, asked outside of any transaction, told in the log, and kept."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from backend.identity.identity_check import budget, statements
from backend.identity.identity_check.asker import Asker
from backend.identity.identity_check.claim import Claim
from backend.identity.identity_check.outcomes import (
    Answered,
    LeftAlone,
    SubjectQuota,
    Unanswered,
)
from backend.identity.identity_check.refusals import (
    IdentityCheckMissing,
    IdentityMismatch,
    IdentityQuotaExceeded,
    IdentityUnavailable,
)
from backend.identity.identity_check.service import service
from config.database import connection
from config.outages import Spell
from config.settings import settings
from models import CheckResult

RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600

# Silence and slowness are told by the breaker.
_FAULTY = Spell("identity_refused", "identity_back")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Confirmed:
    """A match that is not kept yet: `keep` belongs into the transaction that builds on it."""

    check: UUID
    claim: Claim
    answered: Answered


async def confirm(asker: Asker, claim: Claim, *, now: datetime) -> Confirmed:
    """Have the service confirm that name and number belong together.

    Raises IdentityCheckMissing, IdempotencyKeyInFlight, IdentityQuotaExceeded, IdentityUnavailable;
    IdentityMismatch for whatever else the service says, so that nobody learns whether a number
    exists. What got no answer does not count. What was confirmed to a member of staff within a day
    is not asked again.
    """
    if not settings().identity_url:
        raise IdentityCheckMissing
    if (known := await _known(asker, claim, now)) is not None:
        return known
    check = await budget.begin(asker, claim, now=now)
    try:
        answered = await _asked(check, claim)
    except Unanswered as failure:
        await budget.undo(check)
        raise _away(failure) from failure
    except SubjectQuota as quota:
        await _keep(check, Answered(CheckResult.QUOTA_SUBJECT))
        # As of our own budget: when the number was asked about before is not told.
        wait = statements.DAY_SECONDS
        raise IdentityQuotaExceeded(most=statements.OF_NUMBER, retry_after=wait) from quota
    if answered.result is not CheckResult.MATCH:
        await _keep(check, answered)
        raise IdentityMismatch
    return Confirmed(check, claim, answered)


async def _known(asker: Asker, claim: Claim, now: datetime) -> Confirmed | None:
    if asker.kind != "staff":
        return None
    asked = [asker.id, claim.claim_hash, now]
    rows = await connection().execute_query_dict(statements.MATCHED, asked)
    return Confirmed(rows[0]["id"], claim, _match(rows[0])) if rows else None


def _match(row: Mapping[str, Any]) -> Answered:
    return Answered(CheckResult.MATCH, row["provider"], row["provider_ref"])


async def keep(confirmed: Confirmed) -> None:
    """Write down the match; without it the account's level has no ground."""
    await _keep(confirmed.check, confirmed.answered)


async def _keep(check: UUID, answered: Answered) -> None:
    values = [check, answered.result, answered.provider, answered.provider_ref]
    await connection().execute_query_dict(statements.KEEP, values)


async def _asked(check: UUID, claim: Claim) -> Answered:
    """The answer; each question is one line of the log, without name or number."""
    begun, provider, code = time.perf_counter(), None, "cancelled"
    try:
        answered = await service().ask(check, name=claim.name, number=claim.number)
        provider, code = answered.provider, str(answered.result)
    except (Unanswered, SubjectQuota) as failure:
        code = str(failure)
        if isinstance(failure, SubjectQuota):
            # It keeps to the contract: what somebody has used up is its answer.
            _FAULTY.worked()
        elif failure.fault:
            _FAULTY.failed(code)
        raise
    finally:
        log.info(
            "identity_asked",
            check=str(check),
            number_hash=claim.number_hash,
            provider=provider,
            code=code,
            ms=round((time.perf_counter() - begun) * 1000),
        )
    _FAULTY.worked()
    return answered


def _away(failure: Unanswered) -> IdentityUnavailable:
    wait = failure.retry_after or RETRY_SECONDS
    if isinstance(failure, LeftAlone):
        wait = RETRY_SECONDS
    return IdentityUnavailable(retry_after=min(wait, LONGEST_RETRY_SECONDS))
