"""The one way to Redis: shared by all processes, and allowed to be lost."""

from functools import cache

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from config.embedded import valkey
from config.errors import StartError
from config.settings import SettingsError, settings

__all__ = ["RedisError", "check", "redis", "url"]


def url() -> str:
    """The deployment's Redis: the given one, or the embedded one of the var dir."""
    given = settings()
    return given.redis_url or valkey.url(given.var_dir)


@cache
def redis() -> "Redis":
    """The process's client: text answers, short timeouts, RedisError when the server is away."""
    try:
        return Redis.from_url(
            url(),
            decode_responses=True,
            socket_timeout=2,
            socket_connect_timeout=2,
            # For a connection that a restart of the server cut.
            retry=Retry(NoBackoff(), 1),
            health_check_interval=30,
        )
    except ValueError:
        raise SettingsError("YIKOU_REDIS_URL must look like redis://host:6379/0.") from None


async def check() -> None:
    """Raise StartError when Redis cannot be reached."""
    try:
        await redis().ping()
    except RedisError as error:
        raise StartError(f"Redis cannot be used: {str(error).rstrip('.')}.") from None
    finally:
        await redis().aclose()
