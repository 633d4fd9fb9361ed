"""Checking the URLs among the settings, before anything is opened.

Raised ValueErrors complete the sentence that begins with the setting's name. They do not quote the
URL: it may hold a password.
"""

import ipaddress
import re
from urllib.parse import SplitResult, parse_qs, urlsplit

# What the library of the file store opens, but for what would be lost with the process.
_STORES = frozenset(["file", "s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss", "https"])
_LABEL = r"[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
# The last label of a name is not all digits (RFC 3696, 2): then it is meant for an address.
_HOST_NAME = re.compile(rf"({_LABEL}\.)*(?![0-9]+$){_LABEL}")


def check_postgres(url: str) -> None:
    """`postgres://user:password@host:5432/name`, or a socket's folder as `?host=`."""
    parts = _split(url)
    if (
        parts is None
        or parts.scheme not in {"postgres", "postgresql"}
        or not (parts.hostname or "host" in parse_qs(parts.query))
        or not parts.path.strip("/")
    ):
        raise ValueError(_like("postgres://user:password@host:5432/name"))


def check_redis(url: str) -> None:
    """`redis://host:6379/0`, `rediss://` with TLS, or `unix:///path/to/socket`."""
    parts = _split(url)
    if parts is None or not (
        (parts.scheme in {"redis", "rediss"} and parts.hostname)
        or (parts.scheme == "unix" and parts.path)
    ):
        raise ValueError(_like("redis://host:6379/0"))
    numbers = parse_qs(parts.query).get("db", [])
    if parts.scheme != "unix" and (path := parts.path.removeprefix("/")):
        numbers.append(path)
    if not all(number.isascii() and number.isdecimal() for number in numbers):
        raise ValueError(
            "末尾的库号须为 0 或正整数，例如 redis://host:6379/0"
            " / must end with a database's number, such as redis://host:6379/0"
        )


def check_store(url: str) -> None:
    """Any scheme the file store knows; it looks at the rest itself."""
    parts = _split(url)
    if parts is None or "://" not in url or parts.scheme not in _STORES:
        raise ValueError(_like("s3://bucket"))


def check_web(url: str) -> None:
    """`https://host`, with neither query nor fragment: paths are put behind it."""
    parts = _split(url)
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.query
        or parts.fragment
    ):
        raise ValueError(_like("https://host"))
    if parts.username is not None or parts.password is not None:
        raise ValueError("不能带用户名和密码 / must hold no user and password")
    if address(parts.hostname) is None and not _named(parts.hostname):
        raise ValueError("其中的主机名不成立 / must name a host that can be")


def check_host(host: str) -> None:
    """An address or a name to listen on; whether it is this machine's, only listening tells."""
    if address(host) is None and not _HOST_NAME.fullmatch(host):
        raise ValueError(
            "须为 IP 地址或主机名，例如 0.0.0.0"
            f" / must be an address or a host's name, such as 0.0.0.0, not {host!r}"
        )


def small_scheme(url: str) -> str:
    """The URL with its scheme in small letters, as all expect it; whatever stands there is one."""
    scheme, found, rest = url.partition("://")
    return f"{scheme.lower()}://{rest}" if found else url


def _like(example: str) -> str:
    return f"形如 {example} / must look like {example}"


def _named(host: str) -> bool:
    """Whether it can be a host's name, with Chinese letters or none, with the root's dot or not."""
    try:
        ascii_host = host.encode("idna").decode()
    except UnicodeError:
        return False
    return bool(_HOST_NAME.fullmatch(ascii_host.removesuffix(".")))


def address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The host as an address; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def only_here(url: str) -> bool:
    """Whether the URL names the machine that reads it: localhost, 127.0.0.1, 0.0.0.0 and alike."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    found = address(host)
    if found is None:
        return host == "localhost" or host.endswith((".localhost", ".localdomain"))
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_loopback or found.is_unspecified or found.is_link_local


def bare_name(url: str) -> bool:
    """Whether the URL's host is a name without a dot, which only its own network knows."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return address(host) is None and "." not in host


def _split(url: str) -> SplitResult | None:
    """The parts; None if there is a blank or the port is none."""
    if any(char.isspace() for char in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
