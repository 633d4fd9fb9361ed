"""WeChat accounts: known by a keyed hash; the openid itself is sealed, for WeChat alone."""

from datetime import datetime
from uuid import UUID

from config import vault
from config.vault import sealed
from models import Resident, uuid7


def hashed(openid: str) -> str:
    """By which the resident or member of staff of this account is found."""
    return vault.blind("openid", openid)


def new(openid: str, *, now: datetime) -> Resident:
    """A resident of this account, not yet stored; of no known person."""
    resident_id = uuid7()
    return Resident(
        id=resident_id,
        created_at=now,
        openid_hash=hashed(openid),
        openid_sealed=sealed.seal("resident", resident_id, column="openid", text=openid),
    )


def openid_of(resident_id: UUID, stored: bytes | None) -> str | None:
    """What the column `openid_sealed` of the resident holds; None for who was erased."""
    return sealed.unseal("resident", resident_id, column="openid", stored=stored)
