"""Somebody who takes back what they gave us."""

from uuid import UUID

from tortoise import timezone

from backend.erasure import beginning
from config import clock
from models import Resident
from tests.accounts import openid_of

CAUSE = "user_authorization_cancellation"


async def leave(resident: Resident) -> UUID | None:
    return await beginning.begin(
        openid_of(resident), at=timezone.now(), cause=CAUSE, now=clock.now()
    )
