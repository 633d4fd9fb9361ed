"""What must not meet the real WeChat or real residents: public keys, guessable secrets, open doors.

Asked in production, and wherever a real app id is set: there YIKOU_ENV may just be forgotten.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from config import keys, urls
from config.published import (
    DEV_DATA_KEYS,
    DEV_SECRET_KEYS,
    SANDBOX_IDENTITY_TOKEN,
    SANDBOX_PUSH_AES_KEY,
    SANDBOX_PUSH_TOKEN,
    SANDBOX_SECRET,
    SANDBOX_SMS_KEY_SECRET,
    SANDBOX_SMS_REPORT_TOKEN,
    SANDBOX_SMS_TEMPLATES,
    SANDBOX_TEMPLATE,
    SANDBOX_WECOM_SECRET,
)

FEWEST_SYMBOLS = 8
# As many bytes come twice in one random secret of 10^7, were it of hexadecimal digits.
LONGEST_RUN = 8
_PLACEHOLDER = re.compile(rb"(change|replace).?(me|this)|placeholder", re.IGNORECASE)
SHORTEST_TOKEN = 16
SHORTEST_APP_SECRET = 32  # WeChat's are 32 hexadecimal digits

PUBLIC = frozenset(
    [
        *(secret.encode() for secret in keys.read_secret_keys(DEV_SECRET_KEYS).values()),
        *(key.secret for key in keys.read_data_keys(DEV_DATA_KEYS)),
        *keys.read_push_keys(SANDBOX_PUSH_AES_KEY),
        SANDBOX_PUSH_AES_KEY.encode(),
        SANDBOX_SECRET.encode(),
        SANDBOX_PUSH_TOKEN.encode(),
        SANDBOX_IDENTITY_TOKEN.encode(),
        SANDBOX_SMS_KEY_SECRET.encode(),
        SANDBOX_SMS_REPORT_TOKEN.encode(),
        SANDBOX_WECOM_SECRET.encode(),
    ]
)


class Given(Protocol):
    """The settings that are looked at."""

    secret_keys: str
    data_keys: str
    public_url: str
    wechat_api_url: str
    wechat_appid: str
    wechat_secret: str
    wechat_push_token: str
    wechat_push_aes_key: str
    wechat_templates_file: str
    identity_url: str
    identity_token: str
    sms_api_url: str
    sms_key_secret: str
    sms_template_act: str
    sms_template_result: str
    sms_report_token: str
    wecom_api_url: str
    wecom_secret: str
    rate_limits: bool

    @property
    def model_fields_set(self) -> set[str]:
        """The names of those that were given a value."""

    @property
    def sms_by(self) -> str:
        """Who sends short messages: off, log or aliyun."""

    @property
    def wechat_push_mode(self) -> str:
        """How WeChat pushes: plain, compatible or safe."""

    @property
    def uses_sandbox(self) -> bool:
        """Whether WeChat is played by the sandbox."""


def exposures(given: Given) -> Iterator[str]:
    """One sentence for each reason not to start with these settings, in both languages."""
    yield from _keys(given)
    if given.uses_sandbox or len(set(given.wechat_appid.removeprefix("wx"))) == 1:
        yield _must("WECHAT_APPID", "须设为自己的 AppID", "be set to your own app id")
    yield from _wechat(given)
    yield from _templates(given.wechat_templates_file)
    yield from _identity(given)
    yield from _sms(given)
    if given.wecom_secret:
        yield from _secret("WECOM_SECRET", given.wecom_secret, SHORTEST_TOKEN)
    if given.wecom_api_url and not given.wecom_api_url.startswith("https://"):
        yield _must("WECOM_API_URL", "须以 https:// 开头", "begin with https://")
    if not given.public_url.startswith("https://"):
        yield _must("PUBLIC_URL", "必须设置，且以 https:// 开头", "be set and begin with https://")
    elif urls.only_here(given.public_url) or urls.bare_name(given.public_url):
        yield _must(
            "PUBLIC_URL",
            "须为居民能访问的完整域名，不能只在本机或内网可用",
            "be a full name that residents reach, not one of this machine or its network alone",
        )
    if not given.rate_limits:
        yield _must("RATE_LIMITS", "须为 on", "be on")


def _keys(given: Given) -> Iterator[str]:
    missing = {"secret_keys", "data_keys"} - given.model_fields_set
    yield from (_must(name.upper(), "必须设置", "be set") for name in sorted(missing))
    if "secret_keys" not in missing:
        yield from _secret_keys(given)
    if "data_keys" not in missing:
        yield from _data_keys(given)


def _secret_keys(given: Given) -> Iterator[str]:
    for kid, secret in keys.read_secret_keys(given.secret_keys).items():
        yield from _weakness("SECRET_KEYS", secret.encode(), kid)


def _data_keys(given: Given) -> Iterator[str]:
    for key in keys.read_data_keys(given.data_keys):
        yield from _weakness("DATA_KEYS", key.secret, f"{key.version}", written=_text(key.secret))


def _wechat(given: Given) -> Iterator[str]:
    if given.wechat_api_url and not given.wechat_api_url.startswith("https://"):
        yield _must("WECHAT_API_URL", "须以 https:// 开头", "begin with https://")
    elif urls.only_here(given.wechat_api_url):
        yield _must(
            "WECHAT_API_URL", "须为微信的地址，不能是本机", "be WeChat's, not this machine's"
        )
    yield from _secret("WECHAT_SECRET", given.wechat_secret, SHORTEST_APP_SECRET)
    yield from _secret("WECHAT_PUSH_TOKEN", given.wechat_push_token, SHORTEST_TOKEN)
    if given.wechat_push_mode == "plain":
        yield _must(
            "WECHAT_PUSH_MODE",
            "须为 safe 或 compatible：明文方式不对正文签名",
            "be safe or compatible: in plain mode no body is signed",
        )
    if not given.wechat_push_aes_key:
        yield _must("WECHAT_PUSH_AES_KEY", "必须设置", "be set")
        return
    for key in keys.read_push_keys(given.wechat_push_aes_key):
        yield from _weakness("WECHAT_PUSH_AES_KEY", key, written=_text(key))


def _identity(given: Given) -> Iterator[str]:
    """None at all is allowed: then nobody's real name can be confirmed.

    That an address lacks its token is told of the two together.
    """
    if not given.identity_url:
        return
    if not given.identity_url.startswith("https://") and not urls.only_here(given.identity_url):
        yield _must(
            "IDENTITY_URL",
            "须以 https:// 开头，除非服务就在本机",
            "begin with https://, unless the service is on this machine",
        )
    if given.identity_token:
        yield from _secret("IDENTITY_TOKEN", given.identity_token, SHORTEST_TOKEN)


def _sms(given: Given) -> Iterator[str]:
    """None at all is allowed; one that only writes to the log would be taken for sent."""
    if given.sms_by == "log":
        yield _must("SMS", "须为 off 或 aliyun", "be off or aliyun")
    if given.sms_by != "aliyun":
        return
    if given.sms_api_url and not given.sms_api_url.startswith("https://"):
        yield _must("SMS_API_URL", "须以 https:// 开头", "begin with https://")
    if given.sms_key_secret:
        yield from _secret("SMS_KEY_SECRET", given.sms_key_secret, SHORTEST_TOKEN)
    if given.sms_report_token:
        yield from _secret("SMS_REPORT_TOKEN", given.sms_report_token, SHORTEST_TOKEN)
    for name in ("act", "result"):
        if getattr(given, f"sms_template_{name}") in SANDBOX_SMS_TEMPLATES.values():
            yield _must(
                f"SMS_TEMPLATE_{name.upper()}",
                "须为自己的模板，不能是沙箱的",
                "be your own template, not the sandbox's",
            )


def _secret(name: str, text: str, shortest: int) -> Iterator[str]:
    if not text:
        yield _must(name, "必须设置", "be set")
    elif len(text) < shortest:
        yield _must(name, f"至少 {shortest} 个字符", f"have at least {shortest} characters")
    else:
        yield from _weakness(name, text.encode())


def _text(key: bytes) -> bool:
    """Whether a key of random bytes was written as text: of 10^6 of 16 bytes, none reads as one."""
    return key.isascii() and key.decode().isprintable()


def _weakness(name: str, secret: bytes, which: str = "", *, written: bool = False) -> Iterator[str]:
    """Name the key of several by its id or version."""
    key, that = (f"密钥 {which} ", f"key {which}") if which else ("", "it")
    if any(public in secret or secret in public for public in PUBLIC):
        yield _must(
            name,
            f"不得使用公开值：{key}见于一口办的公开源代码",
            f"be your own: {that} stands in Yikou's public source",
        )
    elif written or guessable(secret):
        yield _must(name, f"须随机生成：{key}容易猜到", f"be random: {that} is easy to guess")


def guessable(secret: bytes) -> bool:
    """Whether no random one is like it: few different bytes, a run that comes again, or words.

    It counts up, or says that it is to be changed.
    """
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    runs = [secret[start : start + LONGEST_RUN] for start in range(len(secret) - LONGEST_RUN + 1)]
    return (
        len(set(secret)) < FEWEST_SYMBOLS
        or len(steps) < FEWEST_SYMBOLS
        or len(set(runs)) < len(runs)
        or bool(_PLACEHOLDER.search(secret))
    )


def _templates(name: str) -> Iterator[str]:
    if not name:
        yield _must("WECHAT_TEMPLATES_FILE", "必须设置", "be set")
        return
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield f"YIKOU_WECHAT_TEMPLATES_FILE {name} 无法读取 / cannot be read."
        return
    if re.search(rf"\bid:\s*['\"]?{SANDBOX_TEMPLATE}", text):
        yield _must(
            "WECHAT_TEMPLATES_FILE",
            "须为自己的模板，不能是沙箱的",
            "name your own templates, not the sandbox's",
        )


def _must(name: str, chinese: str, english: str) -> str:
    return f"YIKOU_{name} {chinese} / must {english}."
