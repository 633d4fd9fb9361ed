"""Whose a file is: an account's, a person's or a member of staff's."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from config.settings import settings

MEGABYTE = 1024 * 1024
Kind = Literal["resident", "person", "staff"]
"""The table of the owner, and with `_id` the column of the file."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a file, and whom it counts for."""

    kind: Kind
    id: UUID

    @property
    def most_bytes(self) -> int:
        """How much of theirs is kept: staff's files become those of whom they file for."""
        given = settings()
        megabytes = (
            given.files_mb_per_staff if self.kind == "staff" else given.files_mb_per_resident
        )
        return megabytes * MEGABYTE

    @property
    def column(self) -> dict[str, Any]:
        """What of the columns of a file is said of its owner."""
        return {f"{self.kind}_id": self.id}
