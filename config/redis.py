"""The one way to Redis: shared by all processes, and allowed to be lost."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ConnectionError as Unreachable,
)
from redis.exceptions import (
    MaxConnectionsError,
    RedisError,
)
from redis.exceptions import (
    TimeoutError as Silent,
)

from config.breaker import Breaker
from config.embedded import valkey
from config.errors import StartError
from config.settings import SettingsError, settings

__all__ = [
    "MaxConnectionsError",
    "NotAsked",
    "RedisError",
    "answers",
    "check",
    "is_outage",
    "redis",
    "url",
]

SECONDS = 2.0


class NotAsked(RedisError):
    """Redis did not answer lately, so nobody asks it now; the log has told so once."""


class _Guarded(Redis):
    """Redis behind its breaker; a `pubsub` is not: what it waits for may never come."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.breaker = Breaker("redis", fails=_in_trouble, refusal=NotAsked)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command; raises NotAsked while Redis is left alone."""
        with self.breaker.guard():
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py's gap

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> "_Pipeline":  # noqa: FBT001, FBT002 - redis-py's own signature
        """Gather commands that are sent together."""
        pipe = _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        pipe.breaker = self.breaker
        return pipe

    async def answers(self) -> bool:
        """Whether Redis answers now, asked even while it is left alone."""
        found = bool(await super().execute_command("PING"))  # type: ignore[no-untyped-call]  # likewise
        self.breaker.close()
        return found


class _Pipeline(Pipeline):
    breaker: Breaker

    async def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 - likewise
        with self.breaker.guard():
            return await super().execute(raise_on_error)


class _Once(Retry):
    """Repeats what a cut connection spoiled, never a wait for silence.

    Of a silent server at a Unix socket, redis-py says while it connects that it is unreachable.
    """

    async def call_with_retry(
        self,
        do: Callable[[], Any],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002 - redis-py's own signature
    ) -> Any:
        """The result of `do`, asked again where it may help."""

        def helps(error: Exception) -> bool:
            silent = isinstance(error.__cause__, Silent)
            return not silent and (is_retryable is None or is_retryable(error))

        return await super().call_with_retry(do, fail, helps, with_failure_count)


def is_outage(error: Exception) -> bool:
    """Whether this comes of a Redis that does not answer, which the breaker has told in the log."""
    return isinstance(error, NotAsked) or _in_trouble(error)


def _in_trouble(error: Exception) -> bool:
    """Whether Redis does not answer; that all our connections are busy is no fault of it."""
    found = isinstance(error, Unreachable | Silent | OSError)
    return found and not isinstance(error, MaxConnectionsError)


def url() -> str:
    """The deployment's Redis: the given one, or the embedded one of the var dir."""
    given = settings()
    return given.redis_url or valkey.url(given.var_dir)


@cache
def redis() -> _Guarded:
    """The process's client: text answers, short timeouts, RedisError when the server is away."""
    try:
        client = _Guarded.from_url(
            url(),
            decode_responses=True,
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            # For a connection that a restart of the server cut.
            retry=_Once(NoBackoff(), 1, supported_errors=(Unreachable,)),
            health_check_interval=30,
        )
    except ValueError:
        raise SettingsError("YIKOU_REDIS_URL 形如 / must look like redis://host:6379/0.") from None
    return cast("_Guarded", client)


async def answers() -> bool:
    """Whether Redis answers now; raises RedisError or OSError.

    For those who look after the servers: it is asked even while everybody else leaves it alone,
    and its answer ends that.
    """
    return await redis().answers()


async def check() -> None:
    """Raise StartError when Redis cannot be reached."""
    try:
        await redis().ping()
    except RedisError as error:
        raise StartError(
            f"无法使用 Redis。 Redis cannot be used: {str(error).rstrip('.')}."
        ) from None
    finally:
        await redis().aclose()
