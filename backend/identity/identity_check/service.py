"""The city's identity service over HTTP: one attempt per question, a deadline, a breaker."""

import asyncio
from uuid import UUID

import aiohttp

from backend.identity.identity_check import contract
from backend.identity.identity_check.outcomes import (
    Answered,
    LeftAlone,
    NotConnected,
    Unanswered,
)
from config.breaker import Breaker
from config.loops import PerLoop
from config.settings import settings

CONNECT_SECONDS = 2.0
SECONDS = 5.0
# Some calls always fail; this many in a row are no accident.
FAILURES = 3
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Service:
    """One event loop's way to the service that the settings name."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._session = aiohttp.ClientSession(
            # Asked now and then: a connection that was kept would often be one that is closed.
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS),
            # A small answer that unpacks into a large one must not be unpacked.
            headers={"Accept-Encoding": "identity", "Accept": contract.JSON},
            auto_decompress=False,
        )
        self._breaker = Breaker("identity", fails=_unanswered, refusal=LeftAlone, most=FAILURES)

    async def aclose(self) -> None:
        """Close the connections; it is of no use afterwards."""
        await self._session.close()

    async def ask(self, check: UUID, *, name: str, number: str) -> Answered:
        """Whether name and ID number belong together; raises Unanswered and SubjectQuota.

        A failed connection is tried once more, a question that left never: each is paid for.
        """
        body = contract.question(check, name=name, number=number)
        with self._breaker.guard():
            status, media_type, content = await self._sent(body)
            return contract.answer(status, media_type, content, check=check, number=number)

    async def _sent(self, body: bytes) -> tuple[int, str, bytes]:
        try:
            # Both attempts together.
            async with asyncio.timeout(self._seconds):
                try:
                    return await self._attempt(body)
                except NotConnected:
                    return await self._attempt(body)
        except TimeoutError:
            raise Unanswered("timeout") from None

    async def _attempt(self, body: bytes) -> tuple[int, str, bytes]:
        given = settings()
        headers = {
            "Authorization": f"Bearer {given.identity_token}",
            "Content-Type": contract.JSON,
        }
        url = given.identity_url.rstrip("/") + contract.VERIFY
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status, response.content_type, await _read(response)
        except NEVER_SENT:
            raise NotConnected from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise Unanswered("connection_broken") from None


_services = PerLoop(Service)
service = _services.get
close = _services.close


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body; Unanswered for one that is longer than any answer."""
    content = b""
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > contract.LARGEST:
            raise Unanswered("too_large", fault=True)
    return content


def _unanswered(error: Exception) -> bool:
    return isinstance(error, Unanswered)
