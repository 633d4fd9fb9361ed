"""Who asks the identity service, and is counted for it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asker:
    """An account that asks about itself, or a member of staff who has somebody before them."""

    kind: Literal["resident", "staff"]
    id: UUID
