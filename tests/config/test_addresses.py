"""Which URLs and hosts the settings take, one by one: what each check says and what it keeps to."""

from collections.abc import Callable

import pytest

from config import urls

TAKEN = [
    (urls.check_postgres, "postgres://user:word@host:5432/name"),
    (urls.check_postgres, "postgresql://host/name"),
    (urls.check_postgres, "postgres:///name?host=%2Frun%2Fpostgresql"),
    (urls.check_postgres, "postgres://[::1]/name"),
    (urls.check_redis, "redis://host:6379/0"),
    (urls.check_redis, "rediss://host/15"),
    (urls.check_redis, "redis://host"),
    (urls.check_redis, "redis://host?db=3"),
    (urls.check_redis, "unix:///run/redis.sock"),
    (urls.check_redis, "unix:///run/redis.sock?db=2"),
    (urls.check_store, "s3://bucket"),
    (urls.check_store, "file:///srv/files"),
    (urls.check_store, "https://account.blob.core.windows.net/files"),
    (urls.check_web, "https://host"),
    (urls.check_web, "http://127.0.0.1:9000/yikou/"),
    (urls.check_web, "https://[2001:db8::1]:8443"),
    (urls.check_web, "https://一口办.沈阳.中国"),
    (urls.check_web, "https://a-b_c.example."),
    (urls.check_host, "0.0.0.0"),
    (urls.check_host, "::"),
    (urls.check_host, "localhost"),
    (urls.check_host, "a.b-c.example"),
    (urls.check_host, "1a"),
]
POSTGRES, REDIS = "postgres://user:password@host", "redis://host:6379/0"
REFUSED = [
    (urls.check_postgres, "", POSTGRES),
    (urls.check_postgres, "mysql://host/name", POSTGRES),
    (urls.check_postgres, "postgres://host", POSTGRES),
    (urls.check_postgres, "postgres://host/", POSTGRES),
    (urls.check_postgres, "postgres:///name", POSTGRES),
    (urls.check_postgres, "postgres://host:port/name", POSTGRES),
    (urls.check_postgres, "postgres://host:70000/name", POSTGRES),
    (urls.check_postgres, "postgres://host /name", POSTGRES),
    (urls.check_redis, "", REDIS),
    (urls.check_redis, "http://host", REDIS),
    (urls.check_redis, "redis:///0", REDIS),
    (urls.check_redis, "unix://", REDIS),
    (urls.check_redis, "redis://host/x", "末尾的库号"),
    (urls.check_redis, "redis://host/-1", "末尾的库号"),
    (urls.check_redis, "redis://host/１", "末尾的库号"),
    (urls.check_redis, "redis://host/0/1", "末尾的库号"),
    (urls.check_redis, "unix:///run/redis.sock?db=x", "末尾的库号"),
    (urls.check_store, "bucket", "s3://bucket"),
    (urls.check_store, "s3:bucket", "s3://bucket"),
    (urls.check_store, "memory://", "s3://bucket"),
    (urls.check_store, "s3://bu cket", "s3://bucket"),
    (urls.check_web, "host", "https://host"),
    (urls.check_web, "ftp://host", "https://host"),
    (urls.check_web, "https://", "https://host"),
    (urls.check_web, "https://host/?a=1", "https://host"),
    (urls.check_web, "https://host/#a", "https://host"),
    (urls.check_web, "https://user@host", "不能带用户名和密码"),
    (urls.check_web, "https://:word@host", "不能带用户名和密码"),
    (urls.check_web, "https://a..b", "主机名不成立"),
    (urls.check_web, "https://-a", "主机名不成立"),
    (urls.check_web, "https://256.1.1.1", "主机名不成立"),
    (urls.check_web, f"https://{'a' * 64}", "主机名不成立"),
    (urls.check_host, "", "须为 IP 地址或主机名"),
    (urls.check_host, "1.2.3", "须为 IP 地址或主机名"),
    (urls.check_host, "a b", "须为 IP 地址或主机名"),
    (urls.check_host, "a.", "须为 IP 地址或主机名"),
    (urls.check_host, "http://a", "须为 IP 地址或主机名"),
]
Check = Callable[[str], None]


@pytest.mark.parametrize(("check", "url"), TAKEN)
def test_what_can_be_reached_is_taken(check: Check, url: str) -> None:
    check(url)


@pytest.mark.parametrize(("check", "url", "said"), REFUSED)
def test_what_cannot_be_is_refused_in_both_languages(check: Check, url: str, said: str) -> None:
    with pytest.raises(ValueError, match=r" / must ") as refused:
        check(url)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("check", "url"),
    [
        (urls.check_postgres, "postgres://user:sesame@host"),
        (urls.check_redis, "redis://:sesame@/x"),
        (urls.check_redis, "redis://:sesame@host/x"),
        (urls.check_web, "https://user:sesame@host"),
        (urls.check_store, "nowhere://user:sesame@host"),
    ],
)
def test_no_refusal_quotes_a_password(check: Check, url: str) -> None:
    with pytest.raises(ValueError, match=r".*") as refused:
        check(url)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "small"),
    [
        ("HTTPS://Host/Path", "https://Host/Path"),
        ("Redis://HOST", "redis://HOST"),
        ("host", "host"),
        ("", ""),
        ("A://B://C", "a://B://C"),
    ],
)
def test_a_scheme_is_written_small_and_nothing_else(url: str, small: str) -> None:
    assert urls.small_scheme(url) == small


@pytest.mark.parametrize(
    ("url", "here", "bare"),
    [
        ("http://localhost", True, True),
        ("http://LOCALHOST.", True, True),
        ("http://a.localhost", True, False),
        ("http://a.localdomain:80", True, False),
        ("http://127.0.0.1", True, False),
        ("http://127.9.9.9", True, False),
        ("http://0.0.0.0", True, False),
        ("http://169.254.1.1", True, False),
        ("http://[::1]", True, False),
        ("http://[::]", True, False),
        ("http://[::ffff:127.0.0.1]", True, False),
        ("http://[fe80::1]", True, False),
        ("http://10.0.0.1", False, False),
        ("http://[::ffff:10.0.0.1]", False, False),
        ("http://[2001:db8::1]", False, False),
        ("http://web", False, True),
        ("http://web.", False, True),
        ("http://notlocalhost", False, True),
        ("https://yikou.example.gov.cn", False, False),
        ("", False, True),
    ],
)
def test_what_only_this_machine_or_its_network_reaches_is_known(
    url: str, *, here: bool, bare: bool
) -> None:
    assert urls.only_here(url) is here
    assert urls.bare_name(url) is bare


@pytest.mark.parametrize(
    ("host", "version"),
    [("1.2.3.4", 4), ("::1", 6), ("1.2.3", None), ("01.2.3.4", None), ("host", None), ("", None)],
)
def test_an_address_is_told_from_a_name(host: str, version: int | None) -> None:
    found = urls.address(host)
    assert (found.version if found else None) == version
