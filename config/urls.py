"""Checking the URLs among the settings, before anything is opened.

Raised ValueErrors complete the sentence that begins with the setting's name. They do not quote the
URL: it may hold a password.
"""

from urllib.parse import SplitResult, parse_qs, urlsplit


def check_postgres(url: str) -> None:
    """`postgres://user:password@host:5432/name`, or a socket's folder as `?host=`."""
    parts = _split(url)
    if (
        parts is None
        or parts.scheme not in {"postgres", "postgresql"}
        or not (parts.hostname or "host" in parse_qs(parts.query))
        or not parts.path.strip("/")
    ):
        raise ValueError("形如 / must look like postgres://user:password@host:5432/name")


def check_redis(url: str) -> None:
    """`redis://host:6379/0`, `rediss://` with TLS, or `unix:///path/to/socket`."""
    parts = _split(url)
    if parts is None or not (
        (parts.scheme in {"redis", "rediss"} and parts.hostname)
        or (parts.scheme == "unix" and parts.path)
    ):
        raise ValueError("形如 / must look like redis://host:6379/0")


def check_store(url: str) -> None:
    """Any scheme the file store knows; it looks at the rest itself."""
    parts = _split(url)
    if parts is None or not parts.scheme or "://" not in url:
        raise ValueError("形如 / must look like s3://bucket")


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
        raise ValueError("形如 / must look like https://host")


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
