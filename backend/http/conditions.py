"""`If-Match`: deciding only on what one saw."""

import re

from sanic import Request

from backend.http import headers
from backend.http.refusals import IfMatchInvalid, IfMatchRequired

PATTERN = r'^"([0-9]{1,9})(?:-[a-z_]+)?"$'


def expected_version(request: Request) -> int:
    """The version in If-Match.

    IfMatchRequired if it names none (`*` is any); IfMatchInvalid for several, or no ETag of ours.
    """
    given = (headers.value(request, "if-match") or "").strip()
    if given in {"", "*"}:
        raise IfMatchRequired
    found = re.fullmatch(PATTERN, given)
    if found is None:
        raise IfMatchInvalid
    return int(found.group(1))
