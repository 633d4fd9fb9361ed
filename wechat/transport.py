"""HTTP to WeChat: one attempt per request, a deadline on each, and errors that quote no URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import aiohttp

from wechat.errcodes import WeChatUnavailable

CONNECT_SECONDS = 3.0
CONNECTIONS = 256
OK = 200
SERVER_ERROR = 500
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class NotConnected(WeChatUnavailable):
    """No connection came about, so the request never left."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Call:
    """One request; `path` is as WeChat names it. Its repr shows nothing: it carries secrets."""

    method: str
    url: str
    path: str
    params: Mapping[str, str]
    body: bytes | None = None

    def with_token(self, token: str) -> "Call":
        """Add the access token where WeChat wants it: in the query."""
        return replace(self, params={**self.params, "access_token": token})


class Transport:
    """The connections of one event loop."""

    def __init__(self, seconds: float) -> None:
        connect = min(CONNECT_SECONDS, seconds / 2)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=seconds, connect=connect, sock_connect=connect),
            middlewares=(_never_resend,),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, call: Call) -> bytes:
        """Give the answer's body; raise WeChatUnavailable, with no other exception behind it.

        A failed connection is tried once more, a request that left never: login codes work once.
        """
        outcome = await self._attempt(call)
        if isinstance(outcome, NotConnected):
            outcome = await self._attempt(call)
        if isinstance(outcome, WeChatUnavailable):
            raise outcome
        return outcome

    async def _attempt(self, call: Call) -> bytes | WeChatUnavailable:
        # Failures are returned, not raised: raised in `except` they would carry aiohttp's error,
        # whose text holds the URL and with it the secret.
        try:
            async with self._session.request(
                call.method, call.url, params=call.params, data=call.body, allow_redirects=False
            ) as response:
                content = await response.read()
        except WeChatUnavailable as lost:
            return lost
        except NEVER_SENT:
            return NotConnected("no connection", ambiguous=False)
        except TimeoutError:
            return WeChatUnavailable("no answer in time", ambiguous=True)
        except (aiohttp.ClientError, OSError):
            return WeChatUnavailable("the connection broke", ambiguous=True)
        if response.status != OK:
            ambiguous = response.status >= SERVER_ERROR
            return WeChatUnavailable(f"HTTP {response.status}", ambiguous=ambiguous)
        return content


async def _never_resend(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide a broken connection from aiohttp, which would repeat a GET, and the login is one."""
    try:
        return await send(request)
    except NEVER_SENT:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        pass
    raise WeChatUnavailable("the connection broke", ambiguous=True)
