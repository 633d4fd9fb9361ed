"""Settings come from the environment, and all that is wrong is said at once, a sentence each."""

import os
import re
from pathlib import Path
from unittest import mock

import pytest

from config.published import (
    SANDBOX_APPID,
)
from config.setting_faults import PREFIX
from config.settings import Settings, examine
from tests.config.reading import OWN_KEY, OWN_PUSH_KEY, OWN_SECRET, faults, read

ROOT = Path(__file__).parents[2]


def test_nothing_set_is_a_development_system_with_the_sandbox() -> None:
    given = read({})
    assert given.uses_sandbox
    assert given.wechat_appid == SANDBOX_APPID
    assert given.wechat_api_url == given.identity_url == "http://127.0.0.1:8100"
    assert given.sandbox_confirms
    assert given == read({"PORT": "", "ENV": "  ", "DATABASE_URL": ""})


def test_a_full_production_environment_is_taken(production: dict[str, str]) -> None:
    assert not read(production).uses_sandbox


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("PORT", ["0", "-1", "65536", "99999", "http", "80.5"]),
        ("SANDBOX_PORT", ["0", "65536"]),
        ("WORKER_METRICS_PORT", ["-1", "65536"]),
        ("WORKERS", ["0", "65", "two"]),
        ("DATABASE_POOL", ["0", "501", "-3"]),
        ("PROXIES_COUNT", ["-1", "17"]),
        ("RATE_LIMITS", ["maybe", "true", "1"]),
        ("MERGE_SECONDS", ["-1", "3601", "5s"]),
        ("QUIET_HOURS", ["on", "22-8", "24:00-08:00", "08:00-08:00", "22:00-8:00"]),
        ("ENV", ["staging", "development2"]),
        ("LOG_LEVEL", ["verbose", "INFO"]),
        ("WECHAT_PUSH_MODE", ["clear"]),
        ("WECHAT_MINIPROGRAM_STATE", ["beta"]),
        ("WECHAT_PUSH_TOKEN", ["a", "with-dash", "x" * 33]),
        ("WECHAT_PUSH_AES_KEY", ["short"]),
        ("WECHAT_API_URL", ["api.weixin.qq.com", "ftp://host", "https://"]),
        ("SMS", ["on", "tencent"]),
        ("SMS_SIGN", ["一", "【政务】", "十三个字的签名实在是太长了"]),
        ("SMS_TEMPLATE_ACT", ["462030111", "sms_1"]),
        ("SMS_PER_PERSON", ["0", "41"]),
        ("FALLBACK_MINUTES", ["0", "721"]),
        ("SANDBOX_IDENTITY", ["lax", "on"]),
        ("PUBLIC_URL", ["yikou.example", "https://a b", "https://h?x=1", "http://h:99999"]),
        ("PUBLIC_URL", ["https://me:hush@yikou.cn", "https://yikou..cn", "https://-a.yikou.cn"]),
        ("DATABASE_URL", ["mysql://a@b/c", "postgres://host", "postgres:///name", "db"]),
        ("REDIS_URL", ["rubbish", "http://host", "redis://", "redis://h:x/0", "unix://"]),
        ("REDIS_URL", ["redis://h/x", "redis://h/-1", "redis://h/0/1", "unix:///s?db=x"]),
        ("FILES_URL", ["bucket", "s3:bucket", "ftp://x", "gopher://x", "memory:///"]),
        ("SECRET_KEYS", ["short", "k1:short", f"{OWN_SECRET},{OWN_SECRET}"]),
        ("SECRET_KEYS", [f"{OWN_SECRET},{OWN_SECRET.replace('k1', 'k2')}"]),
        ("DATA_KEYS", ["1:aes:AAAA", f"{OWN_KEY},{OWN_KEY}", "0:aes:" + OWN_KEY[6:]]),
        ("DATA_KEYS", [f"{OWN_KEY},2{OWN_KEY[1:]}"]),
        ("WECHAT_PUSH_AES_KEY", [f"{OWN_PUSH_KEY},{OWN_PUSH_KEY}"]),
        ("REAL_IP_HEADER", ["X Real", "X-Real:IP"]),
        ("HOST", ["300.1.2.3", "1.2.3", "a b", "http://h", "::g", "-x"]),
        ("VAR_DIR", ["/proc/yikou", "/sys", "/proc/self/../x", "/dev/null", "/dev/null/var"]),
        ("BACKUP_DIR", ["/proc/1", "/dev/null", "/", "/usr/.."]),
        ("DATA_DIR", ["/nowhere/at/all", "/dev/null", __file__]),
    ],
)
def test_an_unusable_value_is_named_in_one_sentence(name: str, values: list[str]) -> None:
    for value in values:
        [told] = faults({name: value})
        assert told.startswith(PREFIX + name + " "), told


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "10.1.2.3", "web-1.yikou", "localhost"])
def test_addresses_and_names_can_be_listened_on(host: str) -> None:
    assert read({"HOST": host}).host == host


@pytest.mark.parametrize("value", ["wx123", "wx1234567890ABCDEF", "gh_1234567890abcdef"])
def test_an_app_id_with_a_typo_is_told_with_what_a_real_one_asks_for(value: str) -> None:
    told = [line.split()[0].removeprefix(PREFIX) for line in faults({"WECHAT_APPID": value})]
    assert told.count("WECHAT_APPID") == 2
    assert {"SECRET_KEYS", "DATA_KEYS", "WECHAT_SECRET", "PUBLIC_URL"} <= set(told)


def test_one_unusable_value_hides_no_other_fault(production: dict[str, str]) -> None:
    given = production | {
        "PORT": "99999",
        "SECRET_KEYS": "short",
        "PUBLIC_URL": "http://yikou.example.gov.cn",
        "RATE_LIMITS": "off",
        "WORKER_METRICS_PORT": "8000",
    }
    told = [line.split()[0].removeprefix(PREFIX) for line in faults(given)]
    assert sorted(told) == ["PORT", "PUBLIC_URL", "RATE_LIMITS", "SECRET_KEYS"]


def test_a_misspelt_production_is_looked_at_as_one() -> None:
    told = [line.split()[0].removeprefix(PREFIX) for line in faults({"ENV": "PRODUCTION"})]
    assert {"ENV", "SECRET_KEYS", "DATA_KEYS", "PUBLIC_URL"} <= set(told)


def test_all_faults_are_told_at_once() -> None:
    told = faults({"PORT": "99999", "WORKERS": "0", "PROT": "1", "REDIS_URL": "rubbish"})
    assert [line.split()[0] for line in told] == [
        "YIKOU_PROT",
        "YIKOU_REDIS_URL",
        "YIKOU_PORT",
        "YIKOU_WORKERS",
    ]
    assert told[0] == (
        "YIKOU_PROT 不是配置项，是否为 YIKOU_PORT？ / is no setting; did you mean YIKOU_PORT?"
    )
    assert told[2] == (
        "YIKOU_PORT 须为 1 至 65535 的整数 / must be a whole number from 1 to 65535, not '99999'."
    )


def test_a_file_store_of_no_known_kind_is_told_with_all_else() -> None:
    told = faults({"FILES_URL": "ftp://x", "PORT": "0"})
    assert {line.split()[0] for line in told} == {"YIKOU_FILES_URL", "YIKOU_PORT"}


@pytest.mark.parametrize(
    ("name", "written", "read_as"),
    [
        ("PUBLIC_URL", "HTTPS://yikou.cn", "https://yikou.cn"),
        ("WECHAT_API_URL", "Http://localhost:1", "http://localhost:1"),
        ("DATABASE_URL", "POSTGRES://u:P@h/Db", "postgres://u:P@h/Db"),
        ("REDIS_URL", "REDIS://h/1", "redis://h/1"),
        ("REDIS_URL", "UNIX:///Sock", "unix:///Sock"),
        ("FILES_URL", "S3://Bucket", "s3://Bucket"),
    ],
)
def test_a_scheme_may_be_written_in_capitals(name: str, written: str, read_as: str) -> None:
    assert getattr(read({name: written}), name.lower()) == read_as


def test_an_unknown_name_near_none_is_refused_alone() -> None:
    assert faults({"XQZZ": "1"}) == ["YIKOU_XQZZ 不是配置项 / is no setting."]


@pytest.mark.parametrize(
    "ports",
    [
        {"PORT": "8100"},
        {"WORKER_METRICS_PORT": "8000"},
        {"SANDBOX_PORT": "9100", "WORKER_METRICS_PORT": "9100"},
    ],
)
def test_two_equal_ports_are_refused(ports: dict[str, str]) -> None:
    [told] = faults(ports)
    assert "are both" in told


def test_a_name_in_another_case_is_told_beside_the_right_one() -> None:
    wrong = [(PREFIX + "Port", "9000"), ("yikou_PORT", "9001")]
    with mock.patch.dict(os.environ, wrong, clear=True):
        told = examine()[1]
    assert told == [
        f"{name} 须写作 YIKOU_PORT / must be written in capitals: YIKOU_PORT." for name, _ in wrong
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("RATE_LIMITS", "false"), ("ENV", "staging"), ("LOG_LEVEL", "INFO")]
)
def test_each_half_of_a_sentence_says_what_can_be_given(name: str, value: str) -> None:
    [told] = faults({name: value})
    chinese, english = told.split(" / ")
    offered = re.findall("'([a-z]+)'", english)[:-1] if value.islower() else ["debug", "info"]
    assert offered
    assert all(each in chinese for each in offered), told


@pytest.mark.parametrize("below", ["", "backups", "files/../backups"])
def test_a_backup_does_not_lie_in_what_it_is_a_copy_of(below: str, tmp_path: Path) -> None:
    [told] = faults({"VAR_DIR": str(tmp_path), "BACKUP_DIR": str(tmp_path / below)})
    assert told.startswith("YIKOU_BACKUP_DIR ")
    assert "YIKOU_VAR_DIR" in told


def test_a_backup_may_lie_beside_what_it_is_a_copy_of(tmp_path: Path) -> None:
    given = {"VAR_DIR": str(tmp_path / "var"), "BACKUP_DIR": str(tmp_path / "var-backup")}
    assert read(given).backup_dir == given["BACKUP_DIR"]


@pytest.mark.parametrize(
    "url", ["https://12345.gov.cn", "https://一口办.cn/api", "https://a_b.cn:8443", "http://[::1]"]
)
def test_names_and_addresses_that_can_be_are_taken(url: str) -> None:
    assert read({"PUBLIC_URL": url}).base_url == url


def test_a_secret_is_never_quoted() -> None:
    hidden = "hush-hush"
    for name in ("SECRET_KEYS", "DATA_KEYS", "WECHAT_PUSH_TOKEN", "WECHAT_PUSH_AES_KEY"):
        assert hidden not in "".join(faults({name: hidden}))
    assert hidden not in "".join(faults({"DATABASE_URL": f"postgres://u:{hidden}@h:x/y"}))
    assert hidden not in "".join(faults({"REDIS_URL": f"redis://u:{hidden}@h:x/y"}))


def test_the_example_lists_every_setting_with_a_comment_and_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(rf"^{PREFIX}(\w+)=(.*)$", text, re.MULTILINE))
    assert set(listed) == {name.upper() for name in Settings.model_fields}
    for block in text.split("\n\n"):
        comments = [line for line in block.splitlines() if line.startswith("# ")]
        chinese = [line for line in comments if re.search("[\u4e00-\u9fff]", line)]
        assert block.startswith("# "), block
        assert 0 < len(chinese) < len(comments), block
    assert read({n: v for n, v in listed.items() if n != "ENV"}) == read({})
