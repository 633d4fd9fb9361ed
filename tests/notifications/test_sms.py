"""Short messages against the sandbox that plays Alibaba, and each of Alibaba's codes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from config.settings import settings
from config.vault import sealed
from models import Channel, Delivery, DeliveryStatus, Resident
from notifications.channels.attempts import Claimed
from notifications.channels.sms import reactions, signing, words
from notifications.channels.sms.client import NotAsked, SmsError, SmsUnavailable
from tests.notifications.factories import a_delivery, a_resident
from tests.notifications.test_worker import a_subscriber, settled, until, working
from tests.sandbox.calls import WeChat

PHONE = "13800000000"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PENDING, FAILED, UNKNOWN, SENT, DELIVERED = (
    DeliveryStatus.PENDING,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
)
DATA = {words.TITLE: "申请已办结", words.NUMBER: "210102202611230000017"}


def test_a_call_is_signed_as_alibabas_own_example() -> None:
    asked = signing.query(
        {
            "TemplateParam": '{"code":"123456","ttl":"5"}',
            "TemplateCode": "SMS_123456789",
            "SignName": "示例政务",
            "PhoneNumbers": PHONE,
            "OutId": "msg-0001",
        }
    )
    headers = signing.headers(
        "SendSms",
        asked,
        host="dysmsapi.aliyuncs.com",
        key_id="ak",
        secret="testsecret-EXAMPLE",
        nonce="3156853299f313e23d1673dc12e1703d",
        at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )

    names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    assert headers["authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=ak,SignedHeaders={names},Signature="
        "4f787c17ece8864cf3c20dd82747f4bf1b6e414882abd5fbccd54a27bc0f84d6"
    )


def _claimed(attempt: int = 1) -> Claimed:
    return Claimed(
        id=UUID(int=1),
        attempt=attempt,
        lease=AT,
        former=PENDING,
        channel=Channel.SMS,
        address=PHONE,
        template="result",
        page="",
        data=DATA,
        ready_at=AT,
        expires_at=AT + timedelta(hours=23),
    )


LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
WAITING = [
    (LIMIT, "触发分钟级流控Permits:1", 60, 75),
    (LIMIT, "触发小时级流控Permits:5", 3600, 4500),
    ("Throttling.User", "", 60, 75),
    ("SignatureNonceUsed", "", 3, 7),
    ("isv.SOMETHING_NEW", "", 3, 7),
    *(
        (code, "", 450, 750)
        for code in (
            "isp.RAM_PERMISSION_DENY",
            "isv.OUT_OF_SERVICE",
            "isv.AMOUNT_NOT_ENOUGH",
            "isv.PRODUCT_UN_SUBSCRIPT",
            "isv.ACCOUNT_NOT_EXISTS",
            "isv.ACCOUNT_ABNORMAL",
            "isv.SMS_TEMPLATE_ILLEGAL",
            "isv.SMS_SIGNATURE_ILLEGAL",
            "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
            "isv.SIGN_STATE_ILLEGAL",
            "isv.DENY_IP_RANGE",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId.NotFound",
            "InvalidTimeStamp.Expired",
        )
    ),
]
OVER = [
    (LIMIT, "触发天级流控Permits:40"),
    *(
        (code, "")
        for code in (
            "isv.DAY_LIMIT_CONTROL",
            "isv.MONTH_LIMIT_CONTROL",
            "isv.MOBILE_NUMBER_ILLEGAL",
            "isv.MOBILE_COUNT_OVER_LIMIT",
            "isv.TEMPLATE_MISSING_PARAMETERS",
            "isv.TEMPLATE_PARAMS_ILLEGAL",
            "isv.INVALID_JSON_PARAM",
            "isv.INVALID_PARAMETERS",
            "isv.PARAM_LENGTH_LIMIT",
            "isv.PARAM_NOT_SUPPORT_URL",
            "isv.BLACK_KEY_CONTROL_LIMIT",
            "isv.SMS_CONTENT_ILLEGAL",
        )
    ),
]


@pytest.mark.parametrize(("code", "told", "soonest", "latest"), WAITING)
def test_what_may_pass_is_tried_again_in_its_time(
    code: str, told: str, soonest: float, latest: float
) -> None:
    outcome = reactions.refused(_claimed(), SmsError(code, told), at=AT, doubt=15)

    assert outcome.status is PENDING
    assert outcome.wait is not None
    assert soonest <= outcome.wait <= latest
    assert code in (outcome.error or "")


@pytest.mark.parametrize(("code", "told"), OVER)
def test_what_will_not_pass_in_a_day_is_given_up(code: str, told: str) -> None:
    outcome = reactions.refused(_claimed(), SmsError(code, told), at=AT, doubt=15)

    assert (outcome.status, outcome.wait) == (FAILED, None)


def test_an_operator_is_told_of_what_they_can_mend_and_of_its_end() -> None:
    reactions.taken()
    errors = [
        SmsError(LIMIT, "触发天级流控Permits:40"),
        SmsError("isv.MOBILE_NUMBER_ILLEGAL"),
        SmsUnavailable("no connection", ambiguous=False),
        SmsError("isv.DAY_LIMIT_CONTROL"),
        SmsError("isv.AMOUNT_NOT_ENOUGH"),
    ]
    with capture_logs() as lines:
        for error in errors:
            reactions.refused(_claimed(), error, at=AT, doubt=15)
        reactions.taken()

    assert [(line["event"], line.get("error")) for line in lines] == [
        ("sms_refused", "isv.DAY_LIMIT_CONTROL"),
        ("sms_taken_again", None),
    ]


@pytest.mark.parametrize(
    "error",
    [
        *(SmsError(code) for code in ("isp.SYSTEM_ERROR", "ServiceUnavailable", "InternalError")),
        SmsUnavailable("no answer in time", ambiguous=True),
    ],
)
def test_what_may_have_been_sent_is_in_doubt(error: SmsError) -> None:
    outcome = reactions.refused(_claimed(), error, at=AT, doubt=30)

    assert (outcome.status, outcome.wait) == (UNKNOWN, 30)


def test_without_a_connection_nothing_was_sent() -> None:
    error = SmsUnavailable("no connection", ambiguous=False)
    assert reactions.refused(_claimed(), error, at=AT, doubt=30).status is PENDING
    left_alone = reactions.refused(_claimed(), NotAsked(), at=AT, doubt=30)
    assert (left_alone.status, left_alone.lease) == (PENDING, AT)


@pytest.mark.parametrize(
    "text",
    ["", "字" * 36, "见 https://a.cn", "【通知】", "a\nb", "电话13912345678", "访问www.a.com"],
)
def test_what_alibaba_refuses_or_nobody_else_should_read_is_not_sent(text: str) -> None:
    assert words.refused(DATA) is None
    assert words.refused(DATA | {words.TITLE: text}) == words.TITLE


@pytest.fixture
async def alibaba(wechat: WeChat, push_url: str) -> WeChat:
    """The sandbox, which reports to us."""
    url = push_url.replace("/wechat/push", "/sms/reports")
    await wechat.control("options", sms_report_url=url)
    return wechat


async def _a_short_message(**changes: object) -> Delivery:
    resident = await a_resident()
    await Resident.filter(id=resident.id).update(
        phone_sealed=sealed.seal("resident", resident.id, column="phone", text=PHONE)
    )
    given = {"channel": Channel.SMS, "template": "result", "data": DATA, "important": True}
    return await a_delivery(resident, **given | changes)


async def _arrived(alibaba: WeChat) -> list[str]:
    items = (await alibaba.shown(f"sms?phone={PHONE}"))["items"]
    return [item["text"] for item in items]


async def test_a_short_message_arrives_and_its_report_says_so(alibaba: WeChat) -> None:
    delivery = await _a_short_message()

    with capture_logs() as lines:
        async with working():
            done = await settled(delivery, DELIVERED)

    (text,) = await _arrived(alibaba)
    assert DATA[words.TITLE] in text
    assert DATA[words.NUMBER] in text
    assert done.provider_id
    assert PHONE not in str(lines)


async def test_a_report_that_it_did_not_arrive_says_why(alibaba: WeChat) -> None:
    await alibaba.control("options", sms_report="MK:0011")
    delivery = await _a_short_message()

    async with working():
        done = await settled(delivery, FAILED)

    assert "MK:0011" in (done.error or "")


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "busy"])
async def test_one_of_unknown_fate_is_looked_for_and_arrives_once(
    alibaba: WeChat, fault: str
) -> None:
    await alibaba.control("options", sms_report="")
    await alibaba.control("faults", path="sms", kind=fault)
    delivery = await _a_short_message()

    with capture_logs() as lines:
        async with working():
            done = await settled(delivery, SENT)

    assert done.attempts >= 2
    assert len(await _arrived(alibaba)) == 1
    assert PHONE not in str(lines)


async def test_in_development_it_may_be_written_to_the_log_instead(
    alibaba: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIKOU_SMS", "log")
    settings.cache_clear()
    delivery = await _a_short_message(template="act")
    try:
        with capture_logs() as lines:
            async with working():
                await settled(delivery, SENT)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert "sms_not_sent" in str(lines)
    assert await _arrived(alibaba) == []
    assert PHONE not in str(lines)


async def test_a_refusal_names_its_code_and_waits_for_its_repair(alibaba: WeChat) -> None:
    await alibaba.control("options", sms_refusal="isv.AMOUNT_NOT_ENOUGH")
    delivery = await _a_short_message()

    async with working():

        async def refused() -> bool:
            return await Delivery.filter(id=delivery.id, error__not_isnull=True).exists()

        await until(refused)

    told = await Delivery.get(id=delivery.id)
    assert told.status is PENDING
    assert "isv.AMOUNT_NOT_ENOUGH" in (told.error or "")


async def test_a_provider_that_is_slow_holds_up_no_other_channel(alibaba: WeChat) -> None:
    await alibaba.control("faults", path="sms", kind="slow", seconds=2, times=9)
    slow = await _a_short_message()
    quick = await a_delivery(await a_subscriber(alibaba))

    async with working():
        await settled(quick, DELIVERED)
        assert (await Delivery.get(id=slow.id)).status in {PENDING, DeliveryStatus.SENDING}
        await alibaba.raw("DELETE", "/_control/faults")
