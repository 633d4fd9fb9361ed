"""What a channel is: a folder with the same four files, of which the worker asks these things.

`sending` carries out one attempt, `reactions` says what becomes of a copy that was refused, `words`
makes and checks what is sent, `statements` has the SQL of what the channel takes for a copy and of
what it says later.
"""

from typing import Protocol

from notifications.channels.attempts import Claimed, Outcome


class Sending(Protocol):
    """The module `sending` of a channel, as the worker sees it.

    `SEND_SECONDS` is the deadline of one attempt; leases are longer. `AT_ONCE` are the attempts
    that one worker has under way at most.
    """

    SEND_SECONDS: float
    AT_ONCE: int

    def in_use(self) -> bool:
        """Whether the deployment has this channel."""

    def permitted(self, most: int) -> int:
        """How many may be sent now, of `most`: none, or one, while its server is left alone."""

    async def close(self) -> None:
        """Close the connections of the running event loop."""

    async def send(self, claimed: Claimed, *, doubt: float) -> Outcome:
        """Send it; whatever the server answers, or that it does not, becomes an outcome."""
