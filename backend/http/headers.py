"""What a header says that is meant to stand once."""

from sanic import Request


def value(request: Request, name: str) -> str | None:
    """The header's value; where it stands several times all of them, as one list (RFC 9110, 5.3).

    Of two keys, versions or tokens no one is the right one: the list fits none of their patterns.
    """
    given: list[str] = request.headers.getall(name, [])
    return ", ".join(given) if given else None
