"""Whose a file is: an account's, a person's or a member of staff's."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

Kind = Literal["resident", "person", "staff"]
"""The table of the owner, and with `_id` the column of the file."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a file, and whom it counts for."""

    kind: Kind
    id: UUID

    @property
    def column(self) -> dict[str, Any]:
        """What of the columns of a file is said of its owner."""
        return {f"{self.kind}_id": self.id}
