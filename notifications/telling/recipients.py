"""To whom a message goes: each kind has an inbox, and says which columns name it."""

from dataclasses import dataclass
from uuid import UUID

from models import RecipientKind, Role


@dataclass(frozen=True, slots=True)
class Resident:
    """An account."""

    id: UUID

    @property
    def columns(self) -> dict[str, object]:
        """Its columns of `message`."""
        return {"recipient": RecipientKind.RESIDENT, "resident_id": self.id}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody without an account; the accounts that they will have show it."""

    id: UUID

    @property
    def columns(self) -> dict[str, object]:
        """Its columns of `message`."""
        return {"recipient": RecipientKind.PERSON, "person_id": self.id}


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff, whatever posts they hold."""

    id: UUID

    @property
    def columns(self) -> dict[str, object]:
        """Its columns of `message`."""
        return {"recipient": RecipientKind.STAFF, "staff_id": self.id}


@dataclass(frozen=True, slots=True)
class UnitRole:
    """Whoever has this role in this unit: one message for all, which each reads for themselves."""

    unit_code: str
    role: Role

    @property
    def columns(self) -> dict[str, object]:
        """Its columns of `message`."""
        return {"recipient": RecipientKind.UNIT_ROLE, "unit_id": self.unit_code, "role": self.role}


@dataclass(frozen=True, slots=True)
class System:
    """A program outside, by the name that the deployment gave it."""

    name: str

    @property
    def columns(self) -> dict[str, object]:
        """Its columns of `message`."""
        return {"recipient": RecipientKind.SYSTEM, "system": self.name}


Applicant = Resident | Person
Recipient = Applicant | Staff | UnitRole | System
