"""Alibaba's account of short messages: what it takes, what it sent, and what became of it."""

import json
import re
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any

from config.published import SANDBOX_SMS_SIGN, SANDBOX_SMS_TEMPLATES
from sandbox import clock
from sandbox.options import Options

KEPT = 2000
DAY_S = 86_400
PER_NUMBER = 40
LONGEST = 35
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)
TEXTS = {
    SANDBOX_SMS_TEMPLATES["act"]: "您有事项需要办理：${title}，编号${number}，请打开小程序查看。",
    SANDBOX_SMS_TEMPLATES["result"]: "您的事项有结果：${title}，编号${number}，请打开小程序查看。",
}
VARIABLE = re.compile(r"\$\{(\w+)\}")


class SmsRefusedError(Exception):
    """A refusal of Alibaba's, by its Code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message or code


@dataclass
class ShortMessage:
    """One that was taken; `status` is 1 waiting, 2 failed, 3 delivered."""

    phone: str
    template: str
    text: str
    out_id: str
    biz_id: str
    at: float
    status: int = 1
    err_code: str = ""
    reported: bool = False

    def shown(self) -> dict[str, Any]:
        """How the control call lists it; `phone` is what was asked for."""
        return {
            "template_code": self.template,
            "text": self.text,
            "at": clock.text(self.at),
            "out_id": self.out_id,
            "biz_id": self.biz_id,
            "status": self.status,
            "reported": self.reported,
        }

    def detail(self) -> dict[str, Any]:
        """A row of QuerySendDetails."""
        return {
            "OutId": self.out_id,
            "PhoneNum": self.phone,
            "SendStatus": self.status,
            "ErrCode": self.err_code,
            "SendDate": clock.text(self.at)[:19].replace("T", " "),
            "ReceiveDate": clock.text(self.at)[:19].replace("T", " "),
            "TemplateCode": self.template,
            "Content": self.text,
        }


class ShortMessages:
    """All that were taken, the newest 2,000; those of before a restart are forgotten."""

    def __init__(self) -> None:
        """Start with none."""
        self._all: deque[ShortMessage] = deque(maxlen=KEPT)
        self.nonces: deque[str] = deque(maxlen=KEPT * 5)

    def to(self, phone: str) -> list[ShortMessage]:
        """Those to a number, the oldest first."""
        return [one for one in self._all if one.phone == phone]

    def take(self, asked: dict[str, str], options: Options, now: float) -> ShortMessage:
        """Send it; SmsRefusedError for what Alibaba would refuse, in its order."""
        phone, template = asked.get("PhoneNumbers", ""), asked.get("TemplateCode", "")
        if "," in phone or not MOBILE.fullmatch(phone):
            raise SmsRefusedError("isv.MOBILE_NUMBER_ILLEGAL")
        if asked.get("SignName") != SANDBOX_SMS_SIGN:
            raise SmsRefusedError("isv.SMS_SIGNATURE_ILLEGAL")
        if template not in TEXTS:
            raise SmsRefusedError("isv.SMS_TEMPLATE_ILLEGAL")
        values = _values(asked.get("TemplateParam", ""), template)
        text = VARIABLE.sub(lambda found: values[found[1]], TEXTS[template])
        if any(word in text for word in options.sensitive_words):
            raise SmsRefusedError("isv.BLACK_KEY_CONTROL_LIMIT")
        if sum(one.at > now - DAY_S for one in self.to(phone)) >= PER_NUMBER:
            raise SmsRefusedError("isv.BUSINESS_LIMIT_CONTROL", f"触发天级流控Permits:{PER_NUMBER}")
        biz_id = f"{int(now * 1000)}{secrets.randbelow(10**6):06d}^0"
        taken = ShortMessage(
            phone, template, f"【{SANDBOX_SMS_SIGN}】{text}", asked.get("OutId", ""), biz_id, now
        )
        self._all.append(taken)
        return taken


def _values(given: str, template: str) -> dict[str, str]:
    try:
        values = json.loads(given)
    except ValueError:
        raise SmsRefusedError("isv.INVALID_JSON_PARAM") from None
    if not isinstance(values, dict):
        raise SmsRefusedError("isv.INVALID_JSON_PARAM")
    for name in VARIABLE.findall(TEXTS[template]):
        value = values.get(name)
        if not isinstance(value, str) or not value:
            raise SmsRefusedError("isv.TEMPLATE_MISSING_PARAMETERS")
        if len(value) > LONGEST:
            raise SmsRefusedError("isv.PARAM_LENGTH_LIMIT")
        if LINK.search(value):
            raise SmsRefusedError("isv.PARAM_NOT_SUPPORT_URL")
        if "【" in value or "】" in value or not value.isprintable():
            raise SmsRefusedError("isv.TEMPLATE_PARAMS_ILLEGAL")
    return values
