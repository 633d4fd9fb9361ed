"""One connection of a client: how many there may be, and how long each part of a request takes."""

import re
from collections import Counter
from time import monotonic
from typing import Any

from httptools import HttpParserInvalidURLError, parse_url
from sanic.exceptions import BadRequest, RequestTimeout, ServiceUnavailable
from sanic.http import Http
from sanic.http.constants import Stage
from sanic.http.http1 import HTTP_CONTINUE
from sanic.server.protocols.http_protocol import HttpProtocol
from structlog import get_logger

from backend.http.addresses import of_peer
from config.settings import settings

# The request's line, then headers (RFC 9110, 5.1 and 5.5): a token, a colon at once, and a value
# without controls.
_HEAD = re.compile(
    rb"[^\x00-\x20\x7f]+ ([^\x00-\x20\x7f]+) HTTP/1\.([01])"
    rb"(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*)*"
)
# The headers by which servers find out what is whose, and where it ends.
_FRAMING = re.compile(
    rb"\r\n(?:(host)|(transfer-encoding)|(content-length)):([^\r]*)", re.IGNORECASE
)
# RFC 9112, 7.1; the end of what came before stands in front.
_CHUNK = re.compile(rb"\r\n[0-9A-Fa-f]{1,16}(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?")
LONGEST_CHUNK_LINE = 64
LOOK_SECONDS = 1.0
# For the answer to what took too long, and for the rest of a request that has been answered: who
# is cut off while it still sends may lose the answer, so it is not at once.
LINGER_SECONDS = 4.0
# For a file of the greatest size to go out by a slow line.
TAKE_SECONDS = 120.0

log = get_logger()
_held: Counter[str] = Counter()


class Exchange(Http):
    """Sanic's own, counting the requests of its connection and strict about their syntax.

    What two servers may read differently lets one request hide in another (RFC 9112, 11.2).
    """

    __slots__ = ("round",)

    def __init__(self, protocol: "Connection") -> None:
        super().__init__(protocol)  # type: ignore[no-untyped-call]  # Sanic's gap
        self.round = 0

    def init_for_request(self) -> None:
        """Begin to wait for a request."""
        super().init_for_request()  # type: ignore[no-untyped-call]  # likewise
        self.round += 1

    async def read(self) -> bytes | None:
        """The next piece of the body; BadRequest for a chunk whose size is not plainly written."""
        body: Any = self.request_body
        if body == "chunked" and not self.request_bytes_left:
            await self._check_chunk()
        found: bytes | None = await super().read()  # type: ignore[no-untyped-call, unused-ignore]
        if found is None:
            self._listen_again()
        return found

    def _listen_again(self) -> None:
        """Hear of the client's hang-up while its request is worked on.

        Sanic stops listening when much of a body comes at once, and starts again for more of it.
        """
        transport: Any = self.protocol.transport
        room = len(self.recv_buffer) < self.protocol.app.config.REQUEST_BUFFER_SIZE
        if room and transport is not None and not transport.is_closing():
            transport.resume_reading()

    async def _check_chunk(self) -> None:
        buffer: Any = self.recv_buffer
        if self.expecting_continue:
            self.expecting_continue = False
            await self._send(HTTP_CONTINUE)
        while (end := buffer.find(b"\r\n", 3)) < 0 and len(buffer) <= LONGEST_CHUNK_LINE:
            await self._receive_more()
        if _CHUNK.fullmatch(buffer, 0, max(end, 0)) is None:
            self.keep_alive = False
            raise BadRequest("Bad chunked encoding")

    async def http1_request_header(self) -> None:
        """Wait for a request's head; BadRequest for one that could be read in two ways."""
        buffer: Any = self.recv_buffer
        while (end := buffer.find(b"\r\n\r\n")) < 0 and len(buffer) < self.HEADER_MAX_SIZE:
            await self._receive_more()
        if 0 <= end < self.HEADER_MAX_SIZE:
            try:
                check_head(bytes(buffer[:end]))
            except ValueError:
                raise BadRequest("Bad Request") from None
        await super().http1_request_header()  # type: ignore[no-untyped-call, unused-ignore]


def check_head(head: bytes) -> None:
    """ValueError unless it is written as RFC 9112, 3 to 6, have it, and Host is given once."""
    if (found := _HEAD.fullmatch(head)) is None or not _is_target(found[1]):
        raise ValueError("request line or header")
    hosts = 0
    for host, encoding, length, value in _FRAMING.findall(head):
        hosts += bool(host)
        if encoding and value.strip(b" \t") != b"chunked":
            raise ValueError("transfer-encoding")
        if length and not value.strip(b" \t").isdigit():
            raise ValueError("content-length")
    if hosts > 1 or (hosts == 0 and found[2] == b"1"):
        raise ValueError("host")


def _is_target(text: bytes) -> bool:
    """Whether it is a path, or a URL of the web with one (RFC 9112, 3.2.1 and 3.2.2).

    Of a target that its parser cannot take, Sanic can make no request, not even one to refuse.
    """
    try:
        url = parse_url(text)
    except HttpParserInvalidURLError:
        return False
    schema = (url.schema or b"").lower()
    # What a browser keeps to itself is never sent, and is cut off by one server, kept by another.
    if b"#" in text:
        return False
    return bool(url.path) and (text.startswith(b"/") or schema in {b"http", b"https"})


class Connection(HttpProtocol):
    """Sanic's own, with the bounds that it lacks."""

    HTTP_CLASS = Exchange
    __slots__ = ("_address", "_began", "_ended", "_seen", "streaming")

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._address: str | None = None
        self._seen: tuple[Stage, int] | None = None
        self._began = 0.0
        self._ended = False
        # Whether its answer goes on for as long as both sides will.
        self.streaming = False

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or cut it where the process or the address has too many."""
        peer = transport.get_extra_info("peername")
        address = of_peer(str(peer[0])) if isinstance(peer, tuple) else ""
        if _held.total() >= settings().connections or _too_many(address):
            log.warning("connection_refused")
            transport.abort()
            return
        self._address = address
        _held[address] += 1
        super().connection_made(transport)  # type: ignore[no-untyped-call]  # likewise

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._address is None:
            return
        _held[self._address] -= 1
        if not _held[self._address]:
            del _held[self._address]
        self._address = None
        super().connection_lost(exc)  # type: ignore[no-untyped-call]  # likewise

    def check_timeouts(self) -> None:
        """End a stage that lasts too long, however many bytes dribble in meanwhile.

        Sanic counts from the last byte, and does not look again once it has tried to end a stage.
        """
        http: Any = self.http
        if http is None or self._task is None or self.transport is None or self.streaming:
            return
        if (seen := (http.stage, http.round)) != self._seen:
            self._seen, self._began, self._ended = seen, monotonic(), False
        if monotonic() - self._began > self._patience(http):
            if self._ended or http.stage not in {Stage.REQUEST, Stage.HANDLER}:
                self.abort()  # type: ignore[no-untyped-call]  # likewise
                return
            self._ended, self._began = True, monotonic()
            late = http.stage is Stage.REQUEST
            http.exception = RequestTimeout() if late else ServiceUnavailable()
            self._task.cancel()
        self._callback_check_timeouts = self.loop.call_later(LOOK_SECONDS, self.check_timeouts)

    def _patience(self, http: Any) -> float:
        """How many seconds the present stage may last."""
        if self._ended:
            return LINGER_SECONDS
        if http.stage is Stage.REQUEST:
            return float(self.request_timeout)
        if http.stage is not Stage.IDLE:
            return float(self.response_timeout)
        if http.round and http.request is not None:
            return LINGER_SECONDS
        if self.transport is not None and self.transport.get_write_buffer_size():
            return TAKE_SECONDS
        return float(self.request_timeout if http.round <= 1 else self.keep_alive_timeout)


def _too_many(address: str) -> bool:
    """Behind a load balancer all come from one address, and it keeps the bound itself."""
    given = settings()
    trusted = given.proxies_count > 0 or bool(given.real_ip_header)
    return given.rate_limits and not trusted and _held[address] >= given.connections_per_address
