"""Every route asks who you are; by construction."""

from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.spec import Spec
from miniprogram_api import server
from tests.contract.asking import Ask
from tests.contract.declared import OPEN, guarded, named, path_of, specs
from tests.contract.home import Home, body_of
from tests.live import Live


def test_what_sanic_serves_is_what_is_declared() -> None:
    app = server.create_app("routes")
    served = {f"{method} /{route.path}" for route in app.router.routes for method in route.methods}
    assert served == {named(spec) for spec in specs()}


def test_the_list_of_open_routes_is_exact() -> None:
    guards = {named(spec): spec.guard for spec in specs()}
    assert {name for name, guard in guards.items() if guard in {Guard.OPEN, Guard.WECHAT}} == OPEN


@pytest.mark.parametrize("spec", guarded(), ids=named)
async def test_without_a_valid_token_it_is_401(spec: Spec, live: Live, http: ClientSession) -> None:
    ask = Ask(method=spec.method, path=path_of(spec))
    heard = await ask.of(http, live)
    assert (heard.status, heard.code) == (401, "token_missing")
    assert heard.headers["WWW-Authenticate"] == "Bearer"
    for forged in ("nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."):
        heard = await Ask(method=spec.method, path=ask.path, token=forged).of(http, live)
        assert heard.status == 401, forged


@pytest.mark.parametrize("spec", guarded(), ids=named)
async def test_a_token_of_the_other_side_is_refused(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    other = home.clerk if spec.guard is Guard.RESIDENT else home.owner
    path = path_of(spec, home.ids)
    heard = await Ask(method=spec.method, path=path, token=other.token).of(http, live)
    assert heard.status in {401, 403}


@pytest.mark.parametrize("spec", specs(), ids=named)
async def test_nobody_asks_for_somebody_else_without_a_mandate(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    path = path_of(spec, home.ids)
    body = body_of(live, spec.method, path) if spec.behalf else None
    ask = Ask(method=spec.method, path=path, body=body, token=home.token(spec.guard))
    for mandate in (str(uuid4()), ""):
        headers = {"On-Behalf-Of": mandate, "Idempotency-Key": "k"}
        heard = await replace(ask, headers=headers).of(http, live)
        assert (heard.status, heard.code) == (403, "mandate_missing")


@pytest.mark.parametrize("spec", specs(), ids=named)
def test_every_route_says_what_it_records_or_why_nothing(spec: Spec) -> None:
    assert bool(spec.records) != bool(spec.unrecorded)
