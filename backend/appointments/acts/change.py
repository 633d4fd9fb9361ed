"""What is done to an appointment that is there, by whom, and when: what its event says of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.appointments.rules.lifecycle import Action
from backend.audit import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """A change under way; the reason is in clear."""

    action: Action
    by: Actor = field(kw_only=True)
    at: datetime = field(kw_only=True)
    reason: str | None = field(default=None, kw_only=True)

    @property
    def parameters(self) -> list[Any]:
        """Action, actor and moment, as the statements take them one after the other."""
        return [self.action, self.by.kind, self.by.id, self.at]
