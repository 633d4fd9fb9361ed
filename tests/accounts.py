"""Residents as a login makes them, for tests that begin later."""

from typing import Any
from uuid import uuid4

from backend.identity import accounts
from config import clock
from models import Resident


async def an_account(openid: str = "", **values: Any) -> Resident:
    """A stored resident of this WeChat account, or of somebody's, with what else is given."""
    account = accounts.new(openid or uuid4().hex, now=clock.now())
    account.update_from_dict(values)
    await account.save(force_create=True)
    return account


def openid_of(resident: Resident) -> str:
    """The WeChat account of a resident who was not erased."""
    return accounts.openid_of(resident.id, resident.openid_sealed) or ""
