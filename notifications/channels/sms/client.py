"""The way to Alibaba's server: one signed attempt per call, and errors that quote nothing of it.

The parameters stand in the URL, the phone number among them: no URL is ever logged or raised.
"""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import aiohttp
from yarl import URL

from config.breaker import Breaker
from config.loops import PerLoop
from config.settings import settings
from notifications.channels.sms import signing

API = "https://dysmsapi.aliyuncs.com"
SECONDS = 8.0
CONNECT_SECONDS = 3.0
FAILURES = 3
PAGE = 50
OK = "OK"
SERVER_ERROR = 500
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class SmsError(Exception):
    """Alibaba refused a call, or gave no usable answer; the text is a code and nothing else.

    `told` is what it said besides, which is not to be logged or kept.
    """

    def __init__(self, code: str, told: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.told = told


class SmsUnavailable(SmsError):
    """No usable answer; `ambiguous` means that the call may have been carried out all the same."""

    def __init__(self, code: str, *, ambiguous: bool) -> None:
        super().__init__(code)
        self.ambiguous = ambiguous


class NotAsked(SmsUnavailable):
    """Alibaba did not answer lately, so the call was not made; the log has told so once."""

    def __init__(self) -> None:
        super().__init__("left alone", ambiguous=False)


class Client:
    """The connections of one event loop."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
            ),
        )
        self.breaker = Breaker("sms", fails=_in_trouble, refusal=NotAsked, most=FAILURES)

    async def aclose(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        await self._session.close()

    async def ask(
        self, action: str, parameters: Mapping[str, str], *, now: datetime
    ) -> dict[str, Any]:
        """The answer to a call whose Code is OK; else SmsError."""
        with self.breaker.guard():
            answer = await self._attempt(action, parameters, now)
            if isinstance(answer, SmsError):
                raise answer
        return answer

    async def _attempt(
        self, action: str, parameters: Mapping[str, str], now: datetime
    ) -> dict[str, Any] | SmsError:
        # Failures are returned: raised in `except` they would carry aiohttp's, which hold the URL.
        given = settings()
        asked = signing.query(parameters)
        url = URL(f"{(given.sms_api_url or API).rstrip('/')}/?{asked}", encoded=True)
        headers = signing.headers(
            action,
            asked,
            host=url.authority,
            key_id=given.sms_key_id,
            secret=given.sms_key_secret,
            nonce=secrets.token_hex(16),
            at=now,
        )
        try:
            async with self._session.post(url, headers=headers, allow_redirects=False) as response:
                content = await response.read()
        except NEVER_SENT:
            return SmsUnavailable("no connection", ambiguous=False)
        except TimeoutError:
            return SmsUnavailable("no answer in time", ambiguous=True)
        except (aiohttp.ClientError, OSError):
            return SmsUnavailable("the connection broke", ambiguous=True)
        return _read(response.status, content)


def _read(status: int, content: bytes) -> dict[str, Any] | SmsError:
    answer = None
    with suppress(ValueError, RecursionError):
        answer = json.loads(content)
    code = answer.get("Code") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(code, str):
        return SmsUnavailable(f"HTTP {status}", ambiguous=status >= SERVER_ERROR or status < 300)  # noqa: PLR2004 - what was taken may have been done
    return answer if code == OK else SmsError(code[:64], str(answer.get("Message", "")))


async def send(
    phone: str, *, sign: str, template: str, data: Mapping[str, str], own_id: str, now: datetime
) -> str | None:
    """Send to one number; Alibaba's id of it.

    `own_id` comes with its report, and finds it again (`details`); two calls with the same id send
    twice.
    """
    answer = await client().ask(
        "SendSms",
        {
            "PhoneNumbers": phone,
            "SignName": sign,
            "TemplateCode": template,
            "TemplateParam": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
            "OutId": own_id,
        },
        now=now,
    )
    given = answer.get("BizId")
    return str(given) if given else None


async def details(phone: str, day: date, *, now: datetime) -> list[dict[str, Any]]:
    """What was sent to the number on this day of the city.

    One page holds all: a number is sent forty a day at most, by all senders together.
    """
    answer = await client().ask(
        "QuerySendDetails",
        {
            "PhoneNumber": phone,
            "SendDate": day.strftime("%Y%m%d"),
            "PageSize": str(PAGE),
            "CurrentPage": "1",
        },
        now=now,
    )
    rows = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO")
    if not isinstance(rows, list):
        raise SmsUnavailable("no details in the answer", ambiguous=True)
    return [row for row in rows if isinstance(row, dict)]


_clients = PerLoop(Client)
client = _clients.get
close = _clients.close


def _in_trouble(error: Exception) -> bool:
    return isinstance(error, SmsUnavailable)
