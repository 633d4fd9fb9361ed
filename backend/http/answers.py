"""What an endpoint answers, and how it becomes bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from sanic.helpers import has_message_body
from sanic.response import HTTPResponse
from sanic.response.types import HEADER_TRANSLATION_TABLE

from backend.http.streams import Flow
from config import encoding

JSON = "application/json; charset=utf-8"
REPLAYED = "Idempotent-Replayed"


B = TypeVar("B")


@dataclass(slots=True)
class Answer(Generic[B]):
    """A body of the shape B with its status; `version` becomes a strong ETag.

    B is a TypedDict, `bytes` for a page or file, or None. Bytes may stand for any shape: a body
    that is stored, or whose ETag is of its content, is written before it is answered.
    With `cache_seconds` anybody may keep it that long: never for what is one person's.
    `flow` sends the body of an answer that goes on, see `streams`.
    `variant` names what else changes the body while the version stays, such as today's light.
    """

    body: B | bytes | None = None
    status: int = 200
    version: int | None = None
    variant: str = ""
    cache_seconds: int = 0
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    flow: Flow | None = None

    @property
    def replayed(self) -> bool:
        """Whether this is the first answer to a key, given once more."""
        return REPLAYED in self.headers

    @property
    def etag(self) -> str | None:
        """The quoted ETag, or None where the answer has no version."""
        if self.version is None:
            return None
        return f'"{self.version}-{self.variant}"' if self.variant else f'"{self.version}"'


class Response(HTTPResponse):
    """Sanic's own, with the same headers for a third of the time.

    Sanic looks each character up in a table, twice for each header of each answer.
    """

    __slots__ = ()

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        """The headers as they are sent; without what could end a line within one."""
        if has_message_body(self.status):  # type: ignore[no-untyped-call]  # Sanic's gap
            self.headers.setdefault("content-type", self.content_type)
        return ((_name(name), _value(f"{value}")) for name, value in self.headers.items())


@cache
def _name(name: str) -> bytes:
    # There are few: all are out of the code.
    return _value(name)


def _value(text: str) -> bytes:
    if not text.isprintable():
        text = text.translate(HEADER_TRANSLATION_TABLE)
    return text.encode(errors="surrogateescape")


def cached(body: B, *, seconds: int) -> Answer[B]:
    """An answer that everybody may keep, with an ETag of its content."""
    content = encode(body)
    return Answer(content, version=0, variant=variant(content), cache_seconds=seconds)


def variant(content: bytes) -> str:
    """Letters that stand for the content."""
    return "".join(chr(ord("a") + byte % 26) for byte in sha256(content).digest()[:12])


def encode(body: object) -> bytes:
    """JSON bytes; bytes pass through, None is empty."""
    if body is None:
        return b""
    return body if isinstance(body, bytes) else encoding.dumps(body)


def respond(answer: Answer[Any], *, if_none_match: str | None = None) -> Response:
    """The response; 304 without a body if the client already has this version."""
    headers = answer.headers
    headers.setdefault("Cache-Control", "no-store")
    etag = answer.etag
    if etag:
        headers["ETag"] = etag
        kept = answer.cache_seconds
        headers["Cache-Control"] = f"public, max-age={kept}" if kept else "private, no-cache"
        if if_none_match and etag in if_none_match:
            return Response(b"", 304, headers)
    if answer.flow is not None:
        return Response(b"", answer.status, headers)
    if answer.body is None:
        status = HTTPStatus.NO_CONTENT if answer.status == HTTPStatus.OK else answer.status
        return Response(b"", status, headers)
    return Response(encode(answer.body), answer.status, headers, answer.media_type)
