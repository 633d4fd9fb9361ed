"""Nobody is shown what is another's; by construction over all routes."""

from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.spec import Spec
from tests.contract.asking import Ask
from tests.contract.declared import CITY_WIDE, named, path_of, with_ids, without_ids
from tests.contract.home import ITEM, Home, body_of, tried
from tests.contract.rows import state
from tests.live import Live


@pytest.mark.parametrize("spec", with_ids(Guard.RESIDENT), ids=named)
async def test_what_belongs_to_another_resident_is_404(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    heard = await tried(spec, home.stranger, home, http=http, live=live)
    assert heard.status == 404
    assert heard.code.endswith("_not_found")
    assert await state(live) == before
    never = {name: str(uuid4()) for name in home.ids}
    nothing = Ask(
        method=spec.method,
        path=path_of(spec, never),
        body=body_of(live, spec.method, path_of(spec)),
        token=home.stranger.token,
        headers={"If-Match": '"1"'},
    )
    assert (await nothing.of(http, live)).code == heard.code


OF_A_UNIT = [spec for spec in with_ids(Guard.STAFF) if named(spec) not in CITY_WIDE]


@pytest.mark.parametrize("spec", OF_A_UNIT, ids=named)
async def test_staff_of_another_unit_cannot_touch_it(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    for foreigner in home.foreigners:
        heard = await tried(spec, foreigner, home, http=http, live=live)
        assert heard.status == 404, (foreigner.user, heard)
        assert heard.code.endswith("_not_found")
    assert await state(live) == before


@pytest.mark.parametrize("spec", without_ids(Guard.STAFF), ids=named)
async def test_staff_of_another_unit_see_no_row_of_it(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    number = home.marks[1]
    unit = "210102001001"
    queries = [""]
    if spec.path == "/api/v1/staff/cases":
        queries += [f"?q={number}", f"?unit={unit}", f"?item={ITEM}", "?status=submitted"]
    if spec.path == "/api/v1/staff/tasks":
        queries += ["?scope=mine", "?scope=unit&light=green", "?scope=unit&limit=100"]
    for foreigner in home.foreigners:
        for query in queries:
            ask = Ask(method="GET", path=spec.path + query, token=foreigner.token)
            heard = await ask.of(http, live)
            assert heard.status == 200
            assert not [mark for mark in home.marks if mark in str(heard.body)]
            if spec.path == "/api/v1/staff/offices":
                assert home.ids["office_id"] not in str(heard.body)
                continue
            # The last one, the neighbour department, may have cases of its own from other tests.
            others = foreigner is not home.foreigners[-1] and "/me/" not in spec.path
            if others and isinstance(heard.body, dict) and "items" in heard.body:
                assert heard.body["items"] == []
                assert set(heard.body.get("counts", {}).values()) <= {0}


@pytest.mark.parametrize("spec", without_ids(Guard.RESIDENT), ids=named)
async def test_lists_show_a_resident_nothing_of_another(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    query = f"?purpose=submit&item={ITEM}" if spec.path.endswith("/plan") else ""
    heard = await Ask(method="GET", path=spec.path + query, token=home.stranger.token).of(
        http, live
    )
    assert heard.status == 200
    assert not [mark for mark in home.marks if mark in str(heard.body)]
    own = spec.path in {"/api/v1/me/sessions", "/api/v1/me/preferences"}
    if isinstance(heard.body, dict) and "items" in heard.body and not own:
        assert heard.body["items"] == []
