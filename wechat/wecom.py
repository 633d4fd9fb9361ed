"""WeCom (企业微信), where staff are: who a code stands for, and a card to one member.

All raise WeChatError; its `reaction` says what to do next.
"""

import json
from collections.abc import Mapping
from typing import Any

from config.breaker import Breaker
from config.loops import PerLoop
from config.settings import settings
from wechat.client import FAILURES, SECONDS, in_trouble
from wechat.errcodes import NotAsked, Reaction, WeChatError, WeChatUnavailable
from wechat.token import Grant, SharedToken
from wechat.transport import Call, Transport

API = "https://qyapi.weixin.qq.com"
TOKEN = "/cgi-bin/gettoken"  # noqa: S105 - a path
SEND = "/cgi-bin/message/send"
WHO = "/cgi-bin/auth/getuserinfo"
NO_RECIPIENT = 81013
# The longest that it looks for a message of the same content, in seconds.
SAME_SECONDS = 14_400

REACTIONS: dict[int, Reaction] = {
    -1: Reaction.RETRY,
    40001: Reaction.REFRESH_TOKEN,
    40013: Reaction.CONFIGURATION,  # corpid
    40014: Reaction.REFRESH_TOKEN,
    40029: Reaction.NEW_CODE,
    40058: Reaction.PERMANENT,  # the card is not as it must be
    40056: Reaction.CONFIGURATION,  # agentid
    41001: Reaction.CONFIGURATION,  # token missing
    42001: Reaction.REFRESH_TOKEN,
    45009: Reaction.WAIT_MINUTE,
    45033: Reaction.SERIALISE,  # too many at once
    48002: Reaction.CONFIGURATION,  # API not granted
    60020: Reaction.CONFIGURATION,  # our address is not on the list
    60111: Reaction.PERMANENT,  # no such member
    NO_RECIPIENT: Reaction.PERMANENT,
    82001: Reaction.PERMANENT,
}


class Client:
    """One event loop's way to WeCom."""

    def __init__(self) -> None:
        given = settings()
        self._transport = Transport(SECONDS)
        owner = f"{given.wecom_corp_id}:{given.wecom_agent_id}"
        self._token = SharedToken(owner, self._fetch_token)
        self.breaker = Breaker("wecom", fails=in_trouble, refusal=NotAsked, most=FAILURES)

    async def aclose(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        await self._transport.close()

    async def ask(
        self, path: str, *, params: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask with the token, which is replaced once where it is refused."""

        async def ask(token: str) -> dict[str, Any]:
            with self.breaker.guard():
                return await self._send(path, {**params, "access_token": token}, body)

        return await self._token.use(ask)

    async def _send(
        self, path: str, params: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        root = (settings().wecom_api_url or API).rstrip("/")
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        method = "GET" if body is None else "POST"
        call = Call(method=method, url=root + path, path=path, params=params, body=raw)
        content = await self._transport.send(call)
        try:
            answer = json.loads(content)
            errcode = int(answer.get("errcode", 0))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise WeChatUnavailable("the answer is not as it must be", ambiguous=True) from None
        if errcode == -1:
            raise WeChatUnavailable("system error", ambiguous=True)
        if errcode:
            # Its text quotes addresses and names: the number says enough.
            raise WeChatError(errcode, "", reaction=REACTIONS.get(errcode, Reaction.RETRY))
        return dict(answer)

    async def _fetch_token(self) -> Grant:
        given = settings()
        params = {"corpid": given.wecom_corp_id, "corpsecret": given.wecom_secret}
        try:
            with self.breaker.guard():
                answer = await self._send(TOKEN, params)
        except WeChatUnavailable:
            raise
        except WeChatError as refused:
            # Here it is the secret that is refused.
            raise WeChatError(refused.errcode, "token", reaction=Reaction.CONFIGURATION) from None
        return Grant.of(answer)


async def member_of(code: str) -> str | None:
    """The user id of the member whom WeCom gave this code; None for somebody from outside."""
    answer = await client().ask(WHO, params={"code": code})
    found = answer.get("userid")
    return found if isinstance(found, str) and found else None


async def send_card(user_id: str, *, title: str, text: str, page: str, own_id: str) -> str | None:
    """Send a card whose click opens `page` of the mini-program; WeCom's id of the message.

    The same card within four hours is sent once. WeChatError (81013) where the member is out of
    the app's reach, which WeCom tells in an answer that is no error.
    """
    given = settings()
    answer = await client().ask(
        SEND,
        params={},
        body={
            "touser": user_id,
            "msgtype": "template_card",
            "agentid": int(given.wecom_agent_id),
            "template_card": {
                "card_type": "text_notice",
                "main_title": {"title": title[:36]},
                "sub_title_text": text[:160],
                "card_action": {"type": 2, "appid": given.wechat_appid, "pagepath": page},
                "task_id": own_id,
            },
            "enable_duplicate_check": 1,
            "duplicate_check_interval": SAME_SECONDS,
        },
    )
    if answer.get("invaliduser") or answer.get("unlicenseduser"):
        raise WeChatError(NO_RECIPIENT, "", reaction=REACTIONS[NO_RECIPIENT])
    given_id = answer.get("msgid")
    return str(given_id) if given_id else None


_clients = PerLoop(Client)
client = _clients.get
close = _clients.close
