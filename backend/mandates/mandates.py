"""A mandate as it is read: its terms, who has part in it, and whether it holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.identity import masks, persons
from backend.mandates import statements
from backend.organisation import queries as organisation
from backend.organisation.queries import Unit
from config.clock import city_day
from config.database import connection
from config.vault import sealed
from models import Basis, GuardianProof, Right

SHOWN = 100
"""So many of the newest are listed."""


class MandateState(StrEnum):
    """Whether it may be used: `active` alone may."""

    WAITING = "waiting"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A mandate; `items` is None for all. The agent is a person or a unit, or not known yet."""

    id: UUID
    principal_id: UUID
    agent_id: UUID | None
    unit: Unit | None
    items: tuple[str, ...] | None
    rights: tuple[Right, ...]
    until: date
    basis: Basis
    window: Unit | None
    proof: GuardianProof | None
    file_id: UUID | None
    created_at: datetime
    code_until: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None
    principal_masked: str | None = None
    agent_masked: str | None = None

    def covers(self, item_code: str) -> bool:
        """Whether it is for this item."""
        return self.items is None or item_code in self.items

    def state(self, now: datetime) -> MandateState:
        """How it stands at this moment."""
        if self.revoked_at is not None:
            return MandateState.REVOKED
        if self.accepted_at is None:
            waits = self.code_until is not None and self.code_until > now
            return MandateState.WAITING if waits else MandateState.EXPIRED
        return MandateState.ACTIVE if city_day(now) <= self.until else MandateState.EXPIRED


async def find(mandate_id: UUID) -> Mandate | None:
    """The mandate, if there is one; the caller has checked who asks."""
    rows = await connection().execute_query_dict(statements.ONE, [mandate_id])
    return from_row(rows[0]) if rows else None


async def one(mandate_id: UUID) -> Mandate:
    """The same of one that there is."""
    if (found := await find(mandate_id)) is None:
        raise ValueError(mandate_id)
    return found


async def account(person_id: UUID) -> UUID | None:
    """The newest account of the person, under which the access log has what concerns them."""
    found = await persons.accounts(person_id)
    return found[-1] if found else None


async def of_person(person_id: UUID | None) -> tuple[list[Mandate], list[Mandate]]:
    """Those that the person gave, and those that they hold, the newest first."""
    if person_id is None:
        return [], []
    given, held = [
        await connection().execute_query_dict(asked, [person_id, SHOWN])
        for asked in (statements.GIVEN, statements.HELD)
    ]
    return [from_row(row) for row in given], [from_row(row) for row in held]


def from_row(row: Mapping[str, Any]) -> Mandate:
    """The mandate of a row; names only where the row has them."""
    items = _json(row["items"])
    return Mandate(
        id=row["id"],
        principal_id=row["principal_id"],
        agent_id=row["agent_id"],
        unit=_unit(row["unit_id"]),
        items=None if items is None else tuple(items),
        rights=tuple(Right(right) for right in _json(row["rights"]) or ()),
        until=row["until"],
        basis=Basis(row["basis"]),
        window=_unit(row["window_id"]),
        proof=GuardianProof(row["proof"]) if row["proof"] else None,
        file_id=row["file_id"],
        created_at=row["created_at"],
        code_until=row["code_until"],
        accepted_at=row["accepted_at"],
        revoked_at=row["revoked_at"],
        principal_masked=_name(row["principal_id"], row.get("principal_name")),
        agent_masked=_name(row["agent_id"], row.get("agent_name")),
    )


def _unit(code: str | None) -> Unit | None:
    return organisation.known_or_not(code) if code else None


def _json(stored: Any) -> list[str] | None:
    found: list[str] | None = json.loads(stored) if isinstance(stored, str) else stored
    return found


def _name(person_id: UUID | None, stored: bytes | None) -> str | None:
    name = sealed.unseal("person", person_id, column="name", stored=stored) if person_id else None
    return name and masks.mask("name", name)
