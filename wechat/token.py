"""WeChat's access token, one for all processes: kept in Redis, fetched by one of them at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import structlog

from config.redis import RedisError, is_outage, redis
from wechat.errcodes import NotAsked, Reaction, WeChatError, WeChatUnavailable

MARGIN = 300  # WeChat hands out the next token this many seconds before the old one ends
SHORTEST = 10
LOCAL_SECONDS = 5  # a process asks Redis at most this often
LOCK_SECONDS = 10  # longer than a fetch may take
PATIENCE_SECONDS = 3  # then fetch beside the lock's holder: stable_token gives both the same token
POLL_SECONDS = 0.05

STORE_IF_OWNER = """
if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('set', KEYS[2], ARGV[2], 'EX', ARGV[3])
end
"""
DELETE_IF_EQUAL = """
if redis.call('get', KEYS[1]) == ARGV[1] then
  redis.call('del', KEYS[1])
end
"""

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Grant:
    """A token as WeChat handed it out; `expires_in` are the seconds it has left."""

    token: str
    expires_in: int

    @classmethod
    def of(cls, answer: object) -> "Grant":
        """What an answer says of it; WeChatUnavailable where it says nothing of use."""
        told = answer if isinstance(answer, dict) else {}
        token, expires_in = told.get("access_token"), told.get("expires_in")
        if not (isinstance(token, str) and token and isinstance(expires_in, int)):
            raise WeChatUnavailable("none in the answer", ambiguous=False)
        return cls(token, expires_in)

    @property
    def keep_seconds(self) -> int:
        """How long to use it: until WeChat would hand out the next one."""
        return max(self.expires_in - MARGIN, min(SHORTEST, self.expires_in // 2), 1)

    def __repr__(self) -> str:
        return f"Grant(token=***, expires_in={self.expires_in})"


class SharedToken:
    """The token of one app in one process; losing Redis costs a fetch per process, nothing more."""

    def __init__(self, appid: str, fetch: Callable[[], Awaitable[Grant]]) -> None:
        # The braces put both keys into one slot of a Redis cluster.
        self._key = f"wechat:token:{{{appid}}}"
        self._lock = f"wechat:token:{{{appid}}}:lock"
        self._fetch = fetch
        self._token = ""
        # A Redis that takes no writes goes on giving what we cannot delete there.
        self._refused = ""
        self._fresh_until = 0.0
        self._renewal: asyncio.Task[str] | None = None

    async def use(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """What `ask` gives with the token; where that is refused, once more with another."""
        token = await self.get()
        try:
            return await ask(token)
        except WeChatError as error:
            if error.reaction is not Reaction.REFRESH_TOKEN:
                raise
        await self.drop(token)
        return await ask(await self.get())

    async def get(self) -> str:
        """Give the current token; raise WeChatError when there is none to be had."""
        if self._token and time.monotonic() < self._fresh_until:
            return self._token
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(_seen)
        # All callers of a process share one renewal, and its failure.
        return await asyncio.shield(self._renewal)

    async def drop(self, failed: str) -> None:
        """Forget the token that WeChat refused, unless another took its place meanwhile."""
        if self._token == failed:
            self._token = ""
        self._refused = failed
        with suppress(RedisError):
            await redis().eval(DELETE_IF_EQUAL, 1, self._key, failed)

    async def _renew(self) -> str:
        try:
            token, keep = await self._from_redis(), LOCAL_SECONDS
        except RedisError as error:
            if not is_outage(error):
                log.warning("wechat_token_without_redis", error=type(error).__name__)
            token, keep = None, 0
        if token is None:
            grant = await self._fetched()
            token, keep = grant.token, grant.keep_seconds
        self._token, self._fresh_until = token, time.monotonic() + keep
        return token

    async def _from_redis(self) -> str | None:
        """Read the shared token or put a new one there; None if another takes too long to."""
        owner = uuid4().hex
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if token := await self._shared():
                return token
            if await redis().set(self._lock, owner, nx=True, px=LOCK_SECONDS * 1000):
                return await self._fetch_as(owner)
            await asyncio.sleep(POLL_SECONDS)
        return None

    async def _fetch_as(self, owner: str) -> str:
        try:
            # Another process may have finished between our read and our lock.
            if token := await self._shared():
                return token
            grant = await self._fetched()
            with suppress(RedisError):
                keep = grant.keep_seconds
                await redis().eval(
                    STORE_IF_OWNER, 2, self._lock, self._key, owner, grant.token, keep
                )
            return grant.token
        finally:
            with suppress(RedisError):
                await redis().eval(DELETE_IF_EQUAL, 1, self._lock, owner)

    async def _shared(self) -> str | None:
        """The token in Redis, unless WeChat has refused it to us."""
        token = await redis().get(self._key)
        return None if token is None or token == self._refused else str(token)

    async def _fetched(self) -> Grant:
        """What WeChat hands out, which is good even where it refused the same before."""
        try:
            grant = await self._fetch()
        except NotAsked:
            raise
        except WeChatUnavailable as failure:
            # Whatever became of this call, the one that needs the token was never sent.
            raise WeChatUnavailable(f"token: {failure.errmsg}", ambiguous=False) from None
        if grant.token == self._refused:
            self._refused = ""
        return grant


def _seen(renewal: asyncio.Task[str]) -> None:
    # Its callers may all be gone; then nobody but us looks at the failure.
    if not renewal.cancelled():
        renewal.exception()
