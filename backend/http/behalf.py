"""Asking on somebody else's behalf: by the mandate that the header names, on routes that take it.

Everywhere else the header is refused, never ignored: what was meant for somebody else would be done
in the name of the caller, who believes otherwise.
"""

from uuid import UUID

from sanic import Request

from backend.http import headers
from backend.mandates.refusals import (
    MandateExpired,
    MandateMissing,
    MandateNotForItem,
    MandateRightMissing,
)

HEADER = "on-behalf-of"
REFUSALS = (MandateExpired, MandateNotForItem, MandateRightMissing)
"""What a route that takes the header may refuse beside MandateMissing, which each may."""


def named(request: Request, *, taken: bool) -> UUID | None:
    """The mandate that the request names, if any; MandateMissing for none that it could be."""
    given = headers.value(request, HEADER)
    if given is None:
        return None
    if not taken:
        raise MandateMissing
    try:
        return UUID(given)
    except ValueError:
        raise MandateMissing from None
