"""`If-Match`: deciding only on what one saw."""

import re

from sanic import Request

from backend.errors import ServiceError

PATTERN = r'^"?([0-9]{1,9})(?:-[a-z_]+)?"?$'


class PreconditionRequired(ServiceError):
    """The change must say which version it was decided on."""

    kind = "precondition_required"
    code = "if_match_required"
    title = "请先刷新，再在最新内容上操作"


def expected_version(request: Request) -> int:
    """The version in If-Match; PreconditionRequired if missing, `*` or no ETag of ours."""
    found = re.fullmatch(PATTERN, request.headers.get("if-match", "").strip())
    if found is None:
        raise PreconditionRequired("缺少 If-Match 请求头，或其值不是本系统给出的 ETag")
    return int(found.group(1))
