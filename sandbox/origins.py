"""Which page in a browser may read what the sandbox answers: that of the server it plays for."""

from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PORTS = {"http": 80, "https": 443}


def admitted(origin: str, push_url: str) -> bool:
    """Whether `origin` is the server that pushes go to; this machine may go by any of its names."""
    try:
        asking, ours = _parts(origin), _parts(push_url)
    except ValueError:
        return False
    return bool(origin) and asking == ours


def _parts(url: str) -> tuple[str, str, int | None]:
    split = urlsplit(url)
    host = split.hostname or ""
    port = split.port or PORTS.get(split.scheme)
    return split.scheme, "loopback" if host in LOOPBACK else host, port
