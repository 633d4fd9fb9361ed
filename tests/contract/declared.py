"""The endpoints that the app declares, and which of them anybody may call."""

import re
from uuid import uuid4

from backend.http.guard import Guard
from backend.http.spec import Spec
from miniprogram_api import server

PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")
# Whoever adds a route here says that anybody at all may call it.
OPEN = {
    "POST /api/v1/auth/wechat",
    "POST /api/v1/auth/refresh",
    "GET /api/v1/items",
    "GET /api/v1/items/<code:str>",
    "GET /api/v1/offices",
    "GET /api/v1/offices/<office_id:uuid>/slots",
    "POST /api/v1/staff/auth/wechat",
    "POST /api/v1/staff/auth/bind",
    "POST /api/v1/staff/auth/refresh",
    "GET /api/v1/files/content/<token:str>",
    "GET /wechat/push",
    "POST /wechat/push",
    "POST /sms/reports",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/problems",
    "GET /docs/style.css",
    "GET /api/v1/categories",
    "GET /api/v1/communities",
    "GET /api/v1/departments",
    "GET /api/v1/offices/<office_id:uuid>/days",
    "GET /api/v1/regions",
    "POST /api/v1/public/cases/_query",
    "GET /docs/script/<name:str>",
    "GET /verify",
    "GET /verify/<code:str>",
}


# Any window of the city serves whoever stands there. Whoever adds a route here says so of it.
CITY_WIDE = {
    "GET /api/v1/staff/persons/<person_id:uuid>/appointments",
    "GET /api/v1/staff/persons/<person_id:uuid>/mandates",
    "GET /api/v1/staff/mandates/<mandate_id:uuid>/file",
    "POST /api/v1/staff/mandates/<mandate_id:uuid>/revoke",
}


def specs() -> list[Spec]:
    """All that the app declares."""
    return [spec for group in server.GROUPS for spec in group.specs]


def named(spec: Spec) -> str:
    """The route as people write it."""
    return f"{spec.method} {spec.path}"


def guarded() -> list[Spec]:
    """Every route but those of the list above."""
    return [spec for spec in specs() if named(spec) not in OPEN]


def path_of(spec: Spec, ids: dict[str, str] | None = None) -> str:
    """The path with these ids, or with ids of nothing."""
    return PARAMETER.sub(lambda found: (ids or {}).get(found[1]) or str(uuid4()), spec.path)


def with_ids(guard: Guard) -> list[Spec]:
    """The guarded routes that name somebody's resource; an item is nobody's."""
    named_ids = {spec.name: {*PARAMETER.findall(spec.path)} - {"code"} for spec in guarded()}
    return [spec for spec in guarded() if spec.guard is guard and named_ids[spec.name]]


def without_ids(guard: Guard) -> list[Spec]:
    """The guarded routes that only look, at whatever the asker may see."""
    return [
        spec
        for spec in guarded()
        if spec.guard is guard and spec.method == "GET" and not PARAMETER.search(spec.path)
    ]
