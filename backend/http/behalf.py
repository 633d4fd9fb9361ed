"""Asking on somebody else's behalf: refused as long as there are no mandates, never ignored."""

from sanic import Request

from backend.http.refusals import MandateMissing

HEADER = "on-behalf-of"


def refuse(request: Request) -> None:
    """MandateMissing for a request that names a mandate.

    Served as if it did not, it would be done in the name of the caller, who believes otherwise.
    """
    if HEADER in request.headers:
        raise MandateMissing
