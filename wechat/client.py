"""The way to WeChat's server: wechatpy's client made asynchronous, with the shared token."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from wechatpy.client import WeChatClient

from config.breaker import Breaker
from config.loops import PerLoop
from config.settings import WECHAT_API, settings
from wechat.errcodes import (
    PHONE_NUMBER,
    STABLE_TOKEN,
    UNAVAILABLE,
    NotAsked,
    WeChatUnavailable,
    refusal,
)
from wechat.token import Grant, SharedToken
from wechat.transport import Call, NotConnected, Transport

SECONDS = 8.0
# Somebody waits for these answers, which usually come in less than one.
WAITED_SECONDS = 4.0
# Some calls always fail; this many in a row are no accident.
FAILURES = 3
_LOGIN = "/sns/"
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")

Answer = dict[str, Any] | bytes


class Options(TypedDict, total=False):
    """What wechatpy's own methods pass along with a request."""

    params: Mapping[str, str]
    data: Mapping[str, Any]
    api_base_url: str
    result_processor: Callable[[Answer], object]


class Client(WeChatClient):  # type: ignore[misc] # wechatpy has no types
    """One event loop's client; those methods of wechatpy that only pass on give awaitables here.

    Neither wechatpy's constructor runs (it opens a blocking session) nor its `_request` (it
    repeats a refused request without end).
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._transport = Transport(seconds)
        self._quick = Transport(min(seconds, WAITED_SECONDS))
        self._token = SharedToken(self.appid, self._fetch_token)
        self._logins = _breaker("wechat_login")
        self._phones = _breaker("wechat_phone")
        # The token's own calls are among these, so either of them may end the pause of both.
        self.breaker = _breaker("wechat")

    @property
    def appid(self) -> str:
        """The mini-program's appid, where wechatpy's methods look for it."""
        return settings().wechat_appid

    @property
    def secret(self) -> str:
        """The mini-program's secret, where wechatpy's methods look for it."""
        return settings().wechat_secret

    @property
    def access_token(self) -> str:
        """Never there: wechatpy would fetch it synchronously."""
        # wechatpy evaluates all properties of a new client and tolerates no other error.
        raise AttributeError("access_token")

    async def aclose(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        await self._transport.close()
        await self._quick.close()

    async def _request(
        self, method: str, url_or_endpoint: str, **options: Unpack[Options]
    ) -> object:
        """Ask WeChat: a JSON object or the bytes of an image, else WeChatError.

        A refused token is replaced and the request repeated, once. The login needs no token.
        """
        url = url_or_endpoint
        if not url.startswith(("http://", "https://")):
            url = options.get("api_base_url", self.API_BASE_URL) + url
        call = _call(method, url, params=options.get("params"), data=options.get("data"))
        if call.path.startswith(_LOGIN):
            with self._logins.guard():
                answer = await self._ask(call)
        else:
            answer = await self._ask_with_token(call)
        processor = options.get("result_processor")
        return processor(answer) if processor else answer

    async def _ask_with_token(self, call: Call) -> Answer:
        breaker = self._phones if call.path == PHONE_NUMBER else self.breaker

        async def ask(token: str) -> Answer:
            with breaker.guard():
                return await self._ask(call.with_token(token))

        return await self._token.use(ask)

    async def _ask(self, call: Call) -> Answer:
        waited = call.path in {PHONE_NUMBER, STABLE_TOKEN} or call.path.startswith(_LOGIN)
        answer = _decode(await (self._quick if waited else self._transport).send(call))
        if isinstance(answer, dict) and (errcode := _errcode(answer)):
            private = frozenset(_texts([dict(call.params), json.loads(call.body or b"null")]))
            raise refusal(call.path, errcode, str(answer.get("errmsg", "")), private=private)
        return answer

    async def _fetch_token(self) -> Grant:
        # Normal mode: whoever asks gets the same token, and nobody's dies.
        keys = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        data = {**keys, "force_refresh": False}
        with self.breaker.guard():
            answer = await self._ask(_call("POST", WECHAT_API + STABLE_TOKEN, data=data))
        return Grant.of(answer)


_clients = PerLoop(Client)
client = _clients.get
close = _clients.close


def _breaker(server: str) -> Breaker:
    return Breaker(server, fails=in_trouble, refusal=NotAsked, most=FAILURES)


def in_trouble(error: Exception) -> bool:
    """Whether WeChat gave no usable answer or said -1, "system busy"; any other errcode is one."""
    if isinstance(error, WeChatUnavailable):
        return error.ambiguous or isinstance(error, NotConnected)
    return False


def _call(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Call:
    # A body of bytes has a Content-Length; WeChat answers 412 to a chunked one.
    body = None if data is None else json.dumps(data, ensure_ascii=False).encode(errors="replace")
    root = (settings().wechat_api_url or WECHAT_API).rstrip("/")
    return Call(
        method=method.upper(),
        url=url.replace(WECHAT_API, root, 1),
        path=urlsplit(url).path,
        params={name: _encodable(text) for name, text in (params or {}).items()},
        body=body,
    )


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _decode(content: bytes) -> Answer:
    # By content: the login answers text/plain, and errors have come labelled as images.
    if content.startswith(IMAGES):
        return content
    answer = None
    with suppress(ValueError, RecursionError):
        answer = json.loads(content.decode(errors="replace"), strict=False)
    if not isinstance(answer, dict):
        raise WeChatUnavailable("the answer is not a JSON object", ambiguous=True)
    return answer


def _errcode(answer: Mapping[str, Any]) -> int:
    with suppress(TypeError, ValueError):
        return int(answer.get("errcode", 0))
    return UNAVAILABLE


def _texts(value: object) -> Iterator[str]:
    """Walk a request's texts, all of which an error must not repeat."""
    if isinstance(value, str) and len(value) > 1:
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
