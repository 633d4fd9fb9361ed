"""Alibaba's gateway of short messages: signature, calls, reports, and faults on demand."""

import asyncio
import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError, web

from config.published import SANDBOX_SMS_KEY_ID, SANDBOX_SMS_KEY_SECRET
from sandbox import broken, clock
from sandbox.control import PUSHER, STATE, ControlError, show
from sandbox.faults import Kind
from sandbox.short_messages import ShortMessage, SmsRefusedError
from sandbox.state import State

PATH = "/"
NAME = "sms"
"""What a fault calls the path, and where its calls are counted."""
VERSION = "2017-05-25"
STALE_S = 15 * 60
PAGE_MAX = 50
WORDS = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<key>[^,]+),SignedHeaders=(?P<names>[^,]+),"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
SIGNED = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"}
# The Code and message that a fault answers, in a call that did nothing.
CODES: dict[Kind, tuple[str, str]] = {
    "minute_quota": ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"),
    "daily_quota": ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:40"),
}
FAULTS: tuple[Kind, ...] = (*CODES, "busy", "http_500", "slow", "reset_before", "reset_after")
DELIVERED = "DELIVERED"


class _GatewayError(Exception):
    """What the gateway refuses before the call is looked at: HTTP 4xx."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer a call, or break it as the faults say."""
    state = request.app[STATE]
    return await broken.answer(request, state, NAME, partial(_respond, request, state))


async def list_to(request: web.Request) -> web.Response:
    """List what arrived at a number."""
    phone = request.query.get("phone", "")
    if not phone:
        raise ControlError("Say which: ?phone=13800000000.")
    items = [one.shown() for one in request.app[STATE].short_messages.to(phone)]
    return show({"items": items})


async def _respond(request: web.Request, state: State, kind: Kind | None) -> web.Response:
    if kind in CODES:
        return _json(state, *CODES[kind])
    response = await _taken(request, state)
    # Nobody is told whether it was sent, and it was.
    return _json(state, "isp.SYSTEM_ERROR", "system error") if kind == "busy" else response


async def _taken(request: web.Request, state: State) -> web.Response:
    try:
        action = await _admitted(request, state)
        asked = dict(request.query)
        if action == "SendSms":
            return _json(state, "OK", "OK", BizId=_sent(request, state, asked).biz_id)
        return _json(state, "OK", "OK", **_details(state, asked))
    except SmsRefusedError as refused:
        return _json(state, refused.code, refused.message)
    except _GatewayError as refused:
        return _json(state, refused.code, refused.code, status=refused.status, HostId="sandbox")


async def _admitted(request: web.Request, state: State) -> str:
    """The action, once signature, date and nonce are good."""
    headers = request.headers
    told = WORDS.fullmatch(headers.get("Authorization", ""))
    if told is None or not set(told["names"].split(";")) >= SIGNED:
        raise _GatewayError("IncompleteSignature")
    if told["key"] != SANDBOX_SMS_KEY_ID:
        raise _GatewayError("InvalidAccessKeyId.NotFound", 404)
    body = hashlib.sha256(await request.read()).hexdigest()
    lines = "".join(
        f"{name}:{headers.get(name, '').strip()}\n" for name in told["names"].split(";")
    )
    query = "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in sorted(request.query.items())
    )
    canonical = f"{request.method}\n/\n{query}\n{lines}\n{told['names']}\n{body}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    right = hmac.new(
        SANDBOX_SMS_KEY_SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
    if headers.get("x-acs-content-sha256") != body or not hmac.compare_digest(
        right, told["signature"]
    ):
        raise _GatewayError("SignatureDoesNotMatch")
    _fresh(state, headers["x-acs-date"], headers["x-acs-signature-nonce"])
    action = headers["x-acs-action"]
    if headers.get("x-acs-version") != VERSION or action not in {"SendSms", "QuerySendDetails"}:
        raise _GatewayError("InvalidAction.NotFound", 404)
    return action


def _fresh(state: State, date: str, nonce: str) -> None:
    try:
        at = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise _GatewayError("InvalidTimeStamp.Format") from None
    # By the real time: our server's clock is not moved with the sandbox's.
    if abs(datetime.now(UTC).timestamp() - at) > STALE_S:
        raise _GatewayError("InvalidTimeStamp.Expired")
    if nonce in state.short_messages.nonces:
        raise _GatewayError("SignatureNonceUsed")
    state.short_messages.nonces.append(nonce)


def _sent(request: web.Request, state: State, asked: dict[str, str]) -> ShortMessage:
    if refusal := state.options.sms_refusal:
        raise SmsRefusedError(refusal)
    taken = state.short_messages.take(asked, state.options, state.now())
    taken.err_code = state.options.sms_report
    if state.options.sms_report:
        taken.status = 3 if state.options.sms_report == DELIVERED else 2
        request.app[PUSHER].beside(_report(request.app, taken))
    return taken


async def _report(app: web.Application, taken: ShortMessage) -> None:
    """Tell our server what became of it, and again if it does not answer as it must."""
    state = app[STATE]
    told = {
        "phone_number": taken.phone,
        "send_time": taken.detail()["SendDate"],
        "report_time": taken.detail()["ReceiveDate"],
        "success": taken.err_code == DELIVERED,
        "err_code": taken.err_code,
        "err_msg": "",
        "sms_size": "1",
        "biz_id": taken.biz_id,
        "out_id": taken.out_id,
    }
    for pause in (0.0, 1.0, 5.0, 10.0):
        await asyncio.sleep(pause)
        try:
            async with app[PUSHER].session.post(state.options.sms_report_url, json=[told]) as got:
                answered = json.loads(await got.read())
                taken.reported = got.status == web.HTTPOk.status_code and answered["code"] == 0
        except (ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError):
            taken.reported = False
        if taken.reported:
            return


def _details(state: State, asked: dict[str, str]) -> dict[str, Any]:
    try:
        size, page = int(asked["PageSize"]), int(asked["CurrentPage"])
        phone, day = asked["PhoneNumber"], asked["SendDate"]
    except (KeyError, ValueError):
        raise SmsRefusedError("isv.INVALID_PARAMETERS") from None
    if not 1 <= size <= PAGE_MAX or page < 1 or not re.fullmatch(r"\d{8}", day):
        raise SmsRefusedError("isv.INVALID_PARAMETERS")
    found = [
        one.detail()
        for one in reversed(state.short_messages.to(phone))
        if clock.day(one.at).replace("-", "") == day
    ]
    shown = found[(page - 1) * size : page * size]
    return {"TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown}}


def _json(
    state: State, code: str, message: str, *, status: int = 200, **more: object
) -> web.Response:
    state.stats.calls[NAME][code] += 1
    told = {"Code": code, "Message": message, "RequestId": str(uuid.uuid4()).upper(), **more}
    return web.json_response(told, status=status)
