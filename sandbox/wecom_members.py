"""WeCom's corporation as the sandbox knows it: its token, members, codes and cards."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 1000


@dataclass
class Corporation:
    """One corporation with one app: its members are whoever asked for a code.

    `seen` is until when a body that comes again is dropped; `cards` are the newest thousand, which
    a restart forgets, as all of it.
    """

    token: str = ""
    dies_at: float = 0.0
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    cards: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    seen: dict[str, float] = field(default_factory=dict)
