"""The sandbox as Alibaba's gateway of short messages: what it takes, what it refuses, and how."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from yarl import URL

from config.published import (
    SANDBOX_SMS_KEY_ID,
    SANDBOX_SMS_KEY_SECRET,
    SANDBOX_SMS_SIGN,
    SANDBOX_SMS_TEMPLATES,
)
from tests.sandbox.calls import WeChat

PHONE = "13800000000"
SEND = {
    "PhoneNumbers": PHONE,
    "SignName": SANDBOX_SMS_SIGN,
    "TemplateCode": SANDBOX_SMS_TEMPLATES["act"],
    "TemplateParam": '{"title":"请补充材料","number":"SY-1"}',
    "OutId": "1",
}


async def asked(sandbox: WeChat, query: dict[str, str], **spoilt: str) -> tuple[int, Any]:
    """A call signed by its own hand; `spoilt` are headers, the secret and the key as they go."""
    text = "&".join(f"{key}={quote(query[key], safe='~')}" for key in sorted(query))
    secret, key = spoilt.pop("secret", SANDBOX_SMS_KEY_SECRET), spoilt.pop("key", "")
    headers = {
        "host": URL(sandbox.url).authority,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": uuid4().hex,
        "x-acs-version": "2017-05-25",
    } | {name.replace("_", "-"): value for name, value in spoilt.items()}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    body = headers["x-acs-content-sha256"]
    digest = hashlib.sha256(f"POST\n/\n{text}\n{lines}\n{names}\n{body}".encode()).hexdigest()
    told = f"ACS3-HMAC-SHA256\n{digest}".encode()
    signature = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key or SANDBOX_SMS_KEY_ID},SignedHeaders={names},"
        f"Signature={signature}"
    )
    url = URL(f"{sandbox.url}/?{text}", encoded=True)
    async with sandbox.session.post(url, headers=headers) as answer:
        return answer.status, json.loads(await answer.read())


def _with(**values: str) -> dict[str, str]:
    return {"TemplateParam": json.dumps({"title": "请补充材料", "number": "1"} | values)}


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"PhoneNumbers": "12345"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    ({"PhoneNumbers": f"{PHONE},{PHONE}"}, "isv.MOBILE_NUMBER_ILLEGAL"),
    ({"SignName": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
    ({"TemplateCode": "SMS_999"}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ({"TemplateParam": "title=1"}, "isv.INVALID_JSON_PARAM"),
    ({"TemplateParam": '{"title":"1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    (_with(title="字" * 36), "isv.PARAM_LENGTH_LIMIT"),
    (_with(title="https://a.cn"), "isv.PARAM_NOT_SUPPORT_URL"),
    (_with(title="【通知】"), "isv.TEMPLATE_PARAMS_ILLEGAL"),
    (_with(title="代开发票"), "isv.BLACK_KEY_CONTROL_LIMIT"),
]


async def test_what_alibaba_refuses_is_refused_by_its_code(wechat: WeChat) -> None:
    for changes, code in REFUSED:
        assert (await asked(wechat, SEND | changes))[1]["Code"] == code
    assert (await wechat.shown(f"sms?phone={PHONE}"))["items"] == []


async def test_a_call_that_is_not_well_signed_goes_nowhere(wechat: WeChat) -> None:
    old = (datetime.now(UTC) - timedelta(minutes=16)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for spoilt, code in (
        ({"secret": "another"}, "SignatureDoesNotMatch"),
        ({"key": "another"}, "InvalidAccessKeyId.NotFound"),
        ({"x_acs_date": old}, "InvalidTimeStamp.Expired"),
        ({"x_acs_version": "2016-09-27"}, "InvalidAction.NotFound"),
        ({"x_acs_content_sha256": "0" * 64}, "SignatureDoesNotMatch"),
    ):
        status, told = await asked(wechat, SEND, **spoilt)
        assert told["Code"] == code
        assert 400 <= status < 500
    nonce = uuid4().hex
    answers = [await asked(wechat, SEND, x_acs_signature_nonce=nonce) for _ in range(2)]
    assert [told["Code"] for _, told in answers] == ["OK", "SignatureNonceUsed"]


async def test_a_number_takes_forty_a_day(wechat: WeChat) -> None:
    await wechat.control("options", sms_report="")
    codes = [(await asked(wechat, SEND))[1]["Code"] for _ in range(41)]

    assert codes == ["OK"] * 40 + ["isv.BUSINESS_LIMIT_CONTROL"]
    assert len((await wechat.shown(f"sms?phone={PHONE}"))["items"]) == 40


@pytest.mark.parametrize("kind", ["blocked", "token_revoked"])
async def test_faults_that_alibaba_does_not_have_cannot_be_set(wechat: WeChat, kind: str) -> None:
    answer = await wechat.raw("POST", "/_control/faults", json={"path": "sms", "kind": kind})
    assert answer.status == 400
