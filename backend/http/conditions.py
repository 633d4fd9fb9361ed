"""`If-Match`: deciding only on what one saw."""

import re

from sanic import Request

from backend.http import headers
from backend.http.refusals import IfMatchRequired

PATTERN = r'^"?([0-9]{1,9})(?:-[a-z_]+)?"?$'


def expected_version(request: Request) -> int:
    """The version in If-Match; IfMatchRequired if missing, `*`, several or no ETag of ours."""
    found = re.fullmatch(PATTERN, (headers.value(request, "if-match") or "").strip())
    if found is None:
        raise IfMatchRequired
    return int(found.group(1))
