"""What can be set either way: where WeChat's behaviour is unknown or varies, and how it pushes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from config.settings import settings

T = TypeVar("T")


def _option(default: T, meaning: str) -> T:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Options:
    """The switches; each one's meaning is shown by `GET /_control/options`."""

    check_order: Literal["fields_first", "credit_first"] = _option(
        "fields_first", "which of 47003 and 43101 a send answers when both apply"
    )
    spend_on_failure: bool = _option(False, "whether a failed send consumes the credit as well")
    overlap_43108: bool = _option(False, "refuse a send while another to the same user runs")
    send_ms: int = _option(0, "how long a send takes, so that sends can overlap; milliseconds")
    extra_keys: Literal["ignore", "refuse"] = _option(
        "ignore", "data with keys that the template does not have"
    )
    unknown_page: Literal["refuse", "accept"] = _option(
        "refuse", "a page outside the released version in subscribe/send: 41030 or not"
    )
    thing_counts: Literal["code_points", "utf16"] = _option(
        "code_points", "what counts as one of the 20 characters of a thing"
    )
    emoji_in_thing: Literal["refuse", "accept"] = _option("refuse", "emoji in a thing")
    date_only_time: Literal["refuse", "accept"] = _option("refuse", "a time with a date alone")
    field_error_text: Literal["current", "typo", "cut"] = _option(
        "current", "wording of 47003: as today, with the old 'emtpy', or cut short"
    )
    sensitive_words: tuple[str, ...] = _option(("代开发票",), "words that make a send fail: 45168")
    banned_templates: tuple[str, ...] = _option((), "template ids that answer 43107")
    rotate_session_key: bool = _option(False, "a new session_key at each login")
    with_unionid: bool = _option(False, "the mini program is bound to an open-platform account")
    wrong_secret: Literal[40125, 40001] = _option(40125, "errcode of the token calls")
    token_errcode: Literal["by_cause", "40001", "40014", "42001"] = _option(
        "by_cause", "errcode of a bad access_token; in the field all three are seen"
    )
    force_too_soon: Literal[45009, 45011] = _option(
        45009, "errcode of force_refresh within 30 seconds"
    )
    ip_whitelist: tuple[str, ...] = _option((), "1.2.3.4, 1.2.3.* or CIDR; empty is off")
    ip_check: Literal["first", "last"] = _option("first", "before or after appid and secret")
    body_check: Literal["after_token", "before_token"] = _option(
        "after_token", "when 44002 and 47001 are decided"
    )
    unknown_path: Literal["404", "40066"] = _option("404", "HTTP 404, or errcode 40066")
    phone_mismatch: Literal[40029, 40013, 40003] = _option(
        40029, "errcode of a phone code that belongs to another openid"
    )
    visit_minutes: int = _option(120, "how long ago the user may have been here: 61010")
    risky_words: tuple[str, ...] = _option(("赌博", "毒品"), "msg_sec_check says risky")
    review_words: tuple[str, ...] = _option(("刷单", "加微信"), "msg_sec_check says review")
    qrcode_error_type: Literal["json", "image"] = _option(
        "json", "content type of getwxacodeunlimit's JSON errors"
    )
    escape_slashes: bool = _option(True, r"write / as \/ in JSON strings")
    identity: Literal["open", "strict"] = _option(
        "open", "an unknown name and ID number: believed and remembered, or not on record"
    )
    sms_refusal: str = _option("", "the Code that SendSms answers, such as isv.AMOUNT_NOT_ENOUGH")
    sms_report: str = _option(
        "DELIVERED", "err_code of what is reported of a short message; empty is no report"
    )
    sms_report_url: str = _option("", "where reports go; at first the server's own /sms/reports")
    wecom_errcode: int = _option(0, "errcode of WeCom's calls but gettoken; 0 is none")
    push_url: str = _option("", "where events go; at first the server's own /wechat/push")
    push_mode: Literal["plain", "compatible", "safe"] = _option("safe", "encryption of pushes")
    push_format: Literal["json", "xml"] = _option("json", "format of pushes")
    single_list: Literal["object", "array"] = _option("object", "a List of one item in JSON")
    number_strings: bool = _option(False, "write the numbers of JSON pushes as strings")
    redelivery_resigns: bool = _option(True, "a redelivery has a new timestamp, nonce, signature")
    push_attempts: int = _option(3, "deliveries of one event, the first included")
    push_timeout_s: float = _option(5.0, "how long an answer may take; seconds")
    push_retry_s: float = _option(5.0, "pause before a redelivery; seconds")
    push_hold: bool = _option(False, "keep events until /_control/push releases them")
    sent_event: bool = _option(True, "push subscribe_msg_sent_event after each send")
    sent_error_code: int = _option(0, "ErrorCode of subscribe_msg_sent_event; 0 is success")


LIMITS: dict[str, tuple[float, float]] = {
    "send_ms": (0, 60_000),
    "visit_minutes": (1, 1440),
    "push_attempts": (1, 10),
    "push_timeout_s": (0.05, 60),
    "push_retry_s": (0, 600),
    "sent_error_code": (-1, 99_999),
    "wecom_errcode": (-1, 99_999),
}
WORDS_MAX = 200


class OptionError(ValueError):
    """An unknown option or a value it does not take; the text says which."""


def initial(push_url: str = "") -> Options:
    """Return the options at start, where the settings decide them: pushes, identity."""
    given = settings()
    return changed(
        Options(),
        {
            "push_url": push_url or f"{given.base_url}/wechat/push",
            "push_mode": given.wechat_push_mode,
            "sms_report_url": f"{given.base_url}/sms/reports?token={given.sms_report_token}",
            "identity": given.sandbox_identity,
        },
    )


def changed(options: Options, values: Mapping[str, Any]) -> Options:
    """Return `options` with `values` set; raise OptionError before anything changes."""
    hints = get_type_hints(Options)
    taken: dict[str, Any] = {}
    for name, value in values.items():
        if name not in hints:
            raise OptionError(f"There is no option {name!r}; see GET /_control/options.")
        taken[name] = _value(name, hints[name], value)
    return replace(options, **taken)


def described(options: Options) -> list[dict[str, Any]]:
    """List each option with its value, what it may be set to, and its meaning."""
    hints = get_type_hints(Options)
    return [
        {
            "name": item.name,
            "value": getattr(options, item.name),
            "allowed": _allowed(item.name, hints[item.name]),
            "meaning": item.metadata["meaning"],
        }
        for item in fields(options)
    ]


def _allowed(name: str, hint: Any) -> Any:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    if name in LIMITS:
        return "{} to {}".format(*LIMITS[name])
    return {bool: [False, True], str: "text"}.get(hint, "list of texts")


def _value(name: str, hint: Any, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if get_origin(hint) is Literal:
        fits = value in get_args(hint) and not isinstance(value, bool)
    elif name in LIMITS:
        low, high = LIMITS[name]
        fits = number and (hint is float or isinstance(value, int)) and low <= value <= high
    elif hint in {bool, str}:
        fits = isinstance(value, hint)
    else:
        fits = isinstance(value, list) and len(value) <= WORDS_MAX
        fits = fits and all(isinstance(word, str) and word for word in value)
    if not fits:
        raise OptionError(f"Option {name!r} does not take {value!r}: {_allowed(name, hint)}.")
    return tuple(value) if isinstance(value, list) else value
