"""An attempt to deliver, as every channel is given one and says how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from config.breaker import PAUSE_SECONDS
from models import Channel, DeliveryStatus

DOUBT_SECONDS = 15.0
"""Longer than WeChat tries to tell us of a message, three times five seconds."""

PROVIDER_ID_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours until `lease`; `attempt`, from 1, fences the result.

    `former` is the state it was taken from: pending, or unknown. `address` is the recipient's on
    the channel, such as an openid or a phone number. `ready_at` is when it could go first.
    """

    id: UUID
    channel: Channel
    attempt: int
    lease: datetime
    former: DeliveryStatus
    address: str
    template: str
    page: str
    data: dict[str, str]
    ready_at: datetime
    expires_at: datetime


class CreditChange(StrEnum):
    """What a failed attempt does to the credit it took: given back, or found to be an illusion."""

    REFUND = "refund"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one attempt of a delivery ended; `wait` are the seconds until it is due again.

    With `lease`, the claim that ended then led to no attempt, and none is counted.
    """

    id: UUID
    attempt: int
    status: DeliveryStatus
    reaction: str = "sent"
    wait: float | None = None
    errcode: int | None = None
    error: str | None = None
    provider_id: str | None = None
    credit: CreditChange | None = None
    lease: datetime | None = None


def sent(claimed: Claimed, provider_id: str | None) -> Outcome:
    """The channel took the message; its event will say whether it arrived."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.SENT,
        provider_id=provider_id and provider_id.replace("\0", "")[:PROVIDER_ID_MAX],
    )


def doubtful(claimed: Claimed, reason: str, *, doubt: float) -> Outcome:
    """Nobody knows whether the channel took it; give its event `doubt` seconds, then more."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.UNKNOWN,
        reaction="doubt",
        wait=doubt * 2 ** min(claimed.attempt - 1, 6),
        errcode=-1,
        error=reason,
    )


def postponed(claimed: Claimed, reason: str) -> Outcome:
    """The channel is left alone for now: nothing was tried, and all is as before the claim."""
    doubtful = claimed.former is DeliveryStatus.UNKNOWN
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=claimed.former,
        reaction="postponed",
        wait=PAUSE_SECONDS,
        error=reason,
        # What may have arrived keeps its credit; this claim took none for it.
        credit=None if doubtful else CreditChange.REFUND,
        lease=claimed.lease,
    )


def not_sent(
    claimed: Claimed,
    reaction: str,
    *,
    wait: float | None,
    at: datetime,
    error: str,
    errcode: int | None = None,
) -> Outcome:
    """The channel refused it: again in `wait` seconds, or given up if none or over by then."""
    late = wait is None or at + timedelta(seconds=wait) >= claimed.expires_at
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.FAILED if late else DeliveryStatus.PENDING,
        reaction=reaction,
        wait=None if late else wait,
        errcode=errcode,
        error=error,
        credit=CreditChange.REFUND,
    )


def unsendable(claimed: Claimed, reason: str) -> Outcome:
    """We can't even try: given up, with the reason for the operator."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.FAILED,
        reaction="unsendable",
        error=reason,
        credit=CreditChange.REFUND,
    )
