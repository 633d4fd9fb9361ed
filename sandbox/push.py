"""The push sender: up to three attempts of five seconds each, never in the way of an answer."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox import clock, delivery
from sandbox.delivery import Delivery, Variant
from sandbox.events import Event
from sandbox.state import State

AT_ONCE = 16
WAITING_MAX = 20_000
HELD_MAX = 1000
OUTCOMES_MAX = 200
ACCEPTED = {"", "success"}
ANSWER_MAX = 500
log = logging.getLogger("sandbox")


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended; `status` 0 means that no answer came."""

    status: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether WeChat takes this answer: 200 with nothing or `success` in it."""
        return self.status == 200 and self.text.strip() in ACCEPTED  # noqa: PLR2004 - HTTP


class Pusher:
    """Delivers events to the server's push URL."""

    def __init__(self, state: State, session: ClientSession) -> None:
        """Send with `session`, which the caller closes."""
        self.held: deque[Event] = deque(maxlen=HELD_MAX)
        self.outcomes: deque[dict[str, Any]] = deque(maxlen=OUTCOMES_MAX)
        self._state = state
        self.session = session
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, event: Event) -> asyncio.Future[str]:
        """Deliver in the background; the future tells how the first attempt ended."""
        first: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        if self._state.options.push_hold:
            self.held.append(event)
            first.set_result("held")
        elif len(self._tasks) >= WAITING_MAX:
            self._state.stats.pushes[event.name]["dropped"] += 1
            first.set_result("dropped")
        else:
            task = asyncio.get_running_loop().create_task(self._deliver(event, first))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return first

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something else in the background, such as what another platform reports."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def once(self, event: Event, variant: Variant = "normal") -> Outcome:
        """Make a single attempt, spoilt by `variant`, and return how it ended."""
        return await self._attempt(event, self._write(event, variant))

    async def check_url(self, echostr: str) -> Outcome:
        """Ask the server to prove itself, as WeChat's console does when the URL is saved."""
        query = delivery.stamp(self._state.app, self._state.now()) | {"echostr": echostr}
        return await self._ask("GET", query)

    def forget(self) -> None:
        """Give up all that is under way or held."""
        for task in self._tasks:
            task.cancel()
        self.held.clear()
        self.outcomes.clear()

    async def close(self) -> None:
        """Give up all that is under way, and wait until it has stopped."""
        self.forget()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, event: Event, first: asyncio.Future[str]) -> None:
        options, counts = self._state.options, self._state.stats.pushes[event.name]
        signed = self._write(event)
        for number in range(1, options.push_attempts + 1):
            async with self._turns:
                outcome = await self._attempt(event, signed)
            counts["attempts"] += 1
            if not first.done():
                first.set_result("delivered" if outcome.accepted else "failed")
            if outcome.accepted:
                counts["delivered"] += 1
                return
            log.info("Push %d of %s: %d %s", number, event.name, outcome.status, outcome.text)
            if number < options.push_attempts:
                await asyncio.sleep(options.push_retry_s)
                signed = self._write(event) if options.redelivery_resigns else signed
        counts["given_up"] += 1

    def _write(self, event: Event, variant: Variant = "normal") -> Delivery:
        state = self._state
        return delivery.write(event, state.app, state.options, now=state.now(), variant=variant)

    async def _attempt(self, event: Event, signed: Delivery) -> Outcome:
        outcome = await self._ask("POST", signed.query, signed)
        self.outcomes.append(
            {
                "at": clock.text(self._state.now()),
                "event": event.name,
                "openid": event.openid,
                "status": outcome.status,
                "answer": outcome.text,
                "accepted": outcome.accepted,
            }
        )
        return outcome

    async def _ask(
        self, method: str, query: dict[str, str], signed: Delivery | None = None
    ) -> Outcome:
        options = self._state.options
        try:
            async with self.session.request(
                method,
                options.push_url,
                params=query,
                data=signed.body if signed else None,
                headers={"Content-Type": signed.content_type} if signed else {},
                timeout=ClientTimeout(total=options.push_timeout_s),
                allow_redirects=False,
            ) as answer:
                raw = await answer.content.read(ANSWER_MAX)
                return Outcome(answer.status, raw.decode("utf-8", "replace"))
        except (ClientError, TimeoutError, ValueError) as error:
            return Outcome(0, str(error) or type(error).__name__)
