"""Pushes as WeChat sends them, and the app that they are for."""

import json
from typing import Any

from config.published import SANDBOX_APPID
from sandbox import push_crypto
from wechat import push
from wechat.push import PushEvent

TOKEN = "AAAAA"
AES_KEY = "A" * 43
POPUP_JSON = {
    "ToUserName": "gh_123456789abc",
    "FromUserName": "OPENID",
    "CreateTime": 1610969440,
    "MsgType": "event",
    "Event": "subscribe_msg_popup_event",
}
POPUP_XML = (
    "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName>\n"
    "<FromUserName><![CDATA[OPENID]]></FromUserName><CreateTime>1610969440</CreateTime>\n"
    "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>\n"
    "<SubscribeMsgPopupEvent>{}</SubscribeMsgPopupEvent></xml>"
)


def sealed(
    message: str, *, appid: str = SANDBOX_APPID, aes_key: str = AES_KEY
) -> tuple[bytes, Any]:
    """The body and the query of a safe-mode push."""
    encrypted = push_crypto.encrypt(message, appid=appid, aes_key=aes_key)
    signature = push_crypto.signature(TOKEN, "1", "2", encrypted)
    body = json.dumps({"ToUserName": "gh", "Encrypt": encrypted}).encode()
    return body, {"timestamp": "1", "nonce": "2", "msg_signature": signature}


def parse(body: bytes, query: dict[str, str]) -> PushEvent:
    """Read a push in the second in which it was signed."""
    return push.parse(body, query, now=int(query.get("timestamp", "0")))


def plain_query() -> dict[str, str]:
    """The query of a plain-mode push."""
    return {"timestamp": "1", "nonce": "2", "signature": push_crypto.signature(TOKEN, "1", "2")}
