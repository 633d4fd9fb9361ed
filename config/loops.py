"""What belongs to one event loop, as connections do: opened at first use, and closed with it."""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Closable(Protocol):
    """What holds connections."""

    async def aclose(self) -> None:
        """Close them; it is of no use afterwards."""


T = TypeVar("T", bound=Closable)


class PerLoop(Generic[T]):
    """One of them for each event loop that asks."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The running event loop's, opened at first use."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]

    async def close(self) -> None:
        """Close the running event loop's, if it was ever used; the next use opens another."""
        opened = self._made.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.aclose()
