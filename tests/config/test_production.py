from pathlib import Path

import pytest

import config
from config import remarks
from config.published import (
    DEV_DATA_KEYS,
    DEV_SECRET_KEYS,
    SANDBOX_APPID,
    SANDBOX_IDENTITY_TOKEN,
    SANDBOX_PUSH_AES_KEY,
    SANDBOX_SECRET,
    SANDBOX_SMS_KEY_SECRET,
    SANDBOX_SMS_REPORT_TOKEN,
    SANDBOX_SMS_TEMPLATES,
    SANDBOX_WECOM_SECRET,
)
from config.setting_faults import PREFIX
from tests.config.reading import OWN_KEY, OWN_PUSH_KEY, OWN_SECRET, faults, read


@pytest.mark.parametrize(
    "missing",
    [
        "SECRET_KEYS",
        "DATA_KEYS",
        "PUBLIC_URL",
        "WECHAT_APPID",
        "WECHAT_SECRET",
        "WECHAT_PUSH_TOKEN",
        "WECHAT_PUSH_AES_KEY",
        "WECHAT_TEMPLATES_FILE",
    ],
)
def test_production_refuses_to_start_without(missing: str, production: dict[str, str]) -> None:
    del production[missing]
    assert any(line.startswith(PREFIX + missing + " ") for line in faults(production))


EXPOSED = [
    ("SECRET_KEYS", f"{OWN_SECRET},{DEV_SECRET_KEYS}"),
    ("SECRET_KEYS", DEV_SECRET_KEYS.replace("dev1", "mine")),
    ("SECRET_KEYS", "k1:" + "a" * 48),
    ("SECRET_KEYS", "k1:" + "abcdefgh" * 6),
    ("SECRET_KEYS", "k1:change-me-change-me-change-me-change-me!"),
    ("SECRET_KEYS", "k1:please_ChangeMe_before-you-go-live-7y2q"),
    ("SECRET_KEYS", "k1:" + "T7qLw9ZxRb2V" * 3 + "T7"),
    ("DATA_KEYS", f"{OWN_KEY.replace('1:', '2:')},{DEV_DATA_KEYS}"),
    ("DATA_KEYS", "1:aes:M1JebDUPdCvnNzNSXmw1D3Qr5zczUl5sNQ90K+c3M1I="),
    ("DATA_KEYS", DEV_DATA_KEYS.replace("1:", "7:")),
    ("DATA_KEYS", "1:aes:" + "A" * 43 + "="),
    ("DATA_KEYS", "1:aes:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ("DATA_KEYS", "1:sm4:eWlrb3UtZGV2ZWxvcG1lbg=="),
    ("DATA_KEYS", "1:sm4:U2hlbnlhbmcgMTEwMTAyIQ=="),
    ("WECHAT_SECRET", SANDBOX_SECRET),
    ("WECHAT_SECRET", "s"),
    ("WECHAT_SECRET", "0" * 32),
    ("WECHAT_PUSH_TOKEN", "sandboxtoken"),
    ("WECHAT_PUSH_TOKEN", "token"),
    ("WECHAT_PUSH_TOKEN", "x" * 32),
    ("WECHAT_PUSH_AES_KEY", SANDBOX_PUSH_AES_KEY),
    ("WECHAT_PUSH_AES_KEY", OWN_PUSH_KEY + "," + "B" * 43),
    ("WECHAT_PUSH_MODE", "plain"),
    ("WECHAT_API_URL", "http://api.weixin.qq.com"),
    ("WECHAT_API_URL", "http://127.0.0.1:8100"),
    ("WECHAT_API_URL", "https://127.0.0.1:8100"),
    ("WECHAT_API_URL", "https://localhost"),
    ("WECHAT_APPID", "wx0000000000000000"),
    ("WECHAT_APPID", "wxffffffffffffffff"),
    ("PUBLIC_URL", "http://yikou.example.gov.cn"),
    ("PUBLIC_URL", "https://localhost"),
    ("PUBLIC_URL", "https://localhost:8443/"),
    ("PUBLIC_URL", "https://127.0.0.2"),
    ("PUBLIC_URL", "https://[::1]"),
    ("PUBLIC_URL", "https://0.0.0.0"),
    ("PUBLIC_URL", "https://[::ffff:127.0.0.1]"),
    ("PUBLIC_URL", "https://yikou"),
    ("PUBLIC_URL", "https://yikou.:8443"),
    ("RATE_LIMITS", "off"),
    ("IDENTITY_URL", "http://identity.example.gov.cn"),
    ("IDENTITY_TOKEN", SANDBOX_IDENTITY_TOKEN),
    ("IDENTITY_TOKEN", "short"),
    ("IDENTITY_TOKEN", "x" * 32),
    ("WECHAT_TEMPLATES_FILE", str(Path(config.__file__).parent / "data" / "templates.yaml")),
    ("WECHAT_TEMPLATES_FILE", "/nowhere/templates.yaml"),
    ("SMS", "log"),
    ("WECOM_CORP_ID", "ww1f2e3d4c5b6a7980"),
    ("WECOM_SECRET", SANDBOX_WECOM_SECRET),
    ("WECOM_API_URL", "http://qyapi.weixin.qq.com"),
]

SMS = {
    "SMS": "aliyun",
    "SMS_KEY_ID": "LTAI5tQ8nV2mXw7LkR3b",
    "SMS_KEY_SECRET": "Zk4vQ9rT2nXw7LmBpR7kQ2mX9vT4wZ",
    "SMS_SIGN": "沈阳政务",
    "SMS_TEMPLATE_ACT": "SMS_462030111",
    "SMS_TEMPLATE_RESULT": "SMS_462030112",
    "SMS_REPORT_TOKEN": "mB2vQ9rT2nXw7Lm4",
}
EXPOSED_SMS = [
    ("SMS_API_URL", "http://dysmsapi.aliyuncs.com"),
    ("SMS_KEY_SECRET", SANDBOX_SMS_KEY_SECRET),
    ("SMS_REPORT_TOKEN", "short"),
    ("SMS_REPORT_TOKEN", SANDBOX_SMS_REPORT_TOKEN),
    ("SMS_TEMPLATE_ACT", SANDBOX_SMS_TEMPLATES["act"]),
    ("SMS_TEMPLATE_RESULT", SANDBOX_SMS_TEMPLATES["result"]),
    *((name, "") for name in list(SMS)[1:6]),
]


@pytest.mark.parametrize(("name", "value"), EXPOSED_SMS)
def test_short_messages_need_all_that_alibaba_asks_for_and_nothing_of_the_sandbox(
    name: str, value: str, production: dict[str, str]
) -> None:
    assert read(production | SMS).sms_by == "aliyun"
    told = faults(production | SMS | {name: value})
    assert any(line.startswith(PREFIX + name + " ") for line in told), told


@pytest.mark.parametrize("env", ["production", "development"])
@pytest.mark.parametrize(("name", "value"), EXPOSED)
def test_public_or_guessable_secrets_and_open_doors_are_refused(
    name: str, value: str, env: str, production: dict[str, str]
) -> None:
    told = faults(production | {"ENV": env, name: value})
    assert any(line.startswith(PREFIX + name) for line in told), told


def test_a_copy_of_our_templates_is_known_by_what_it_says(
    tmp_path: Path, production: dict[str, str]
) -> None:
    text = (Path(config.__file__).parent / "data" / "templates.yaml").read_text(encoding="utf-8")
    copied = tmp_path / "mine.yaml"
    copied.write_text(text, encoding="utf-8")
    [told] = faults(production | {"WECHAT_TEMPLATES_FILE": str(copied)})
    assert "the sandbox's" in told


def test_a_real_app_id_is_never_served_with_public_keys() -> None:
    told = faults({"WECHAT_APPID": "wx1234567890abcdef"})
    named = {line.split()[0].removeprefix(PREFIX) for line in told}
    assert {"SECRET_KEYS", "DATA_KEYS", "WECHAT_SECRET", "PUBLIC_URL"} <= named


def test_the_sandbox_is_refused_in_production(production: dict[str, str]) -> None:
    [told] = faults(production | {"WECHAT_APPID": SANDBOX_APPID})
    assert told == "YIKOU_WECHAT_APPID 须设为自己的 AppID / must be set to your own app id."


def test_a_bare_production_names_everything_at_once() -> None:
    told = faults({"ENV": "production", "SECRET_KEYS": "", "DATA_KEYS": " "})

    assert len(told) == 8
    for name in ("SECRET_KEYS", "DATA_KEYS"):
        assert f"YIKOU_{name} 必须设置 / must be set." in told


@pytest.mark.parametrize("url", ["https://identity.example.gov.cn", "http://127.0.0.1:9000/yikou"])
def test_an_identity_service_is_reached_safely_or_stands_here(
    url: str, production: dict[str, str]
) -> None:
    assert read(production | {"IDENTITY_URL": url}).identity_url == url


def test_without_an_identity_service_production_starts_and_says_so(
    production: dict[str, str],
) -> None:
    del production["IDENTITY_URL"], production["IDENTITY_TOKEN"]

    [told] = remarks.remarks(read(production))

    assert told.startswith("YIKOU_IDENTITY_URL ")


@pytest.mark.parametrize("alone", ["IDENTITY_URL", "IDENTITY_TOKEN"])
@pytest.mark.parametrize("env", ["production", "development"])
def test_an_identity_service_and_its_token_come_together(
    alone: str, env: str, production: dict[str, str]
) -> None:
    given = production if env == "production" else {alone: production[alone]}
    for name in {"IDENTITY_URL", "IDENTITY_TOKEN"} - {alone}:
        given.pop(name, None)

    told = [line for line in faults(given) if "YIKOU_IDENTITY" in line]
    assert len(told) == 1
    assert told[0].startswith("YIKOU_IDENTITY_URL、YIKOU_IDENTITY_TOKEN ")
