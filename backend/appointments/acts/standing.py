"""Whoever stands at a window, for whom staff book, move and cancel."""

from dataclasses import dataclass
from uuid import UUID

from backend.audit import Actor
from backend.identity.actors import StaffActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person, and who serves them at the window of this name; as who acts, like an agent.

    It is no account's: all that the person has are told. Every item is theirs to ask for.
    """

    person_id: UUID
    staff: StaffActor
    window: str
    account: None = None
    items: None = None

    @property
    def principal_id(self) -> UUID:
        """The person whose right it is."""
        return self.person_id

    @property
    def counted(self) -> UUID:
        """Who it counts for, what one person may hold."""
        return self.person_id

    @property
    def acting(self) -> Actor:
        """The member of staff, as events name them."""
        return self.staff.acting
