"""Each kind of bad input, what it gets, and that nothing is lost or changed by it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from backend.http import pages
from miniprogram_api.endpoints.appointments import ListAppointments
from tests.contract.asking import Ask
from tests.contract.bad_bodies import BODY, CONTENT, NOTHING, Row
from tests.contract.rows import state
from tests.contract.scene import CASES, Scene, a_scene, act, book, look, slots, submit
from tests.live import Live


@pytest.fixture(scope="module")
async def scene(live: Live, http: ClientSession) -> Scene:
    return await a_scene(live, http)


KEYS: list[Row] = [
    ("no key", lambda s: replace(submit(s), headers={}), 422, "idempotency_key_missing"),
    (
        "a key of blanks",
        lambda s: replace(submit(s), headers={"Idempotency-Key": "a b"}),
        422,
        "idempotency_key_invalid",
    ),
    (
        "a long key",
        lambda s: replace(submit(s), headers={"Idempotency-Key": "k" * 101}),
        422,
        "idempotency_key_invalid",
    ),
    (
        "two keys",
        lambda s: replace(submit(s), again={"Idempotency-Key": "k"}),
        422,
        "idempotency_key_invalid",
    ),
]
STATE: list[Row] = [
    ("an old version", lambda s: act(s, "accept", '"99"'), 412, "version_stale"),
    ("no If-Match", lambda s: act(s, "accept", None), 428, "if_match_required"),
    ("any version", lambda s: act(s, "accept", "*"), 428, "if_match_required"),
    ("no ETag of ours", lambda s: act(s, "accept", '"abc"'), 422, "if_match_invalid"),
    ("a list of ETags", lambda s: act(s, "accept", '"1", "2"'), 422, "if_match_invalid"),
    (
        "two versions",
        lambda s: replace(act(s, "accept", '"1"'), again={"If-Match": '"1"'}),
        422,
        "if_match_invalid",
    ),
    (
        "two tokens",
        lambda s: replace(look(s, CASES), again={"Authorization": "Bearer x"}),
        401,
        "token_invalid",
    ),
    ("too early", lambda s: act(s, "close", '"1"'), 409, "action_not_allowed"),
    ("no reason", lambda s: act(s, "decline", '"1"', reason=" "), 422, "body_invalid"),
    (
        "no place of a defect",
        lambda s: act(s, "supplement-requests", '"1"', defects=[{"reason": "缺"}]),
        422,
        "defects_invalid",
    ),
    (
        "a defect of a field that the form lacks",
        lambda s: act(s, "supplement-requests", '"1"', defects=[{"field": "nope", "reason": "缺"}]),
        422,
        "defects_invalid",
    ),
    (
        "withdrawn already",
        lambda s: Ask(path=f"{CASES}/{s.withdrawn['id']}/withdraw", token=s.other.token),
        409,
        "action_not_allowed",
    ),
    (
        "nothing to supplement",
        lambda s: Ask(path=f"{CASES}/{s.case['id']}/supplement", token=s.owner.token),
        409,
        "action_not_allowed",
    ),
    ("a second seat", lambda s: book(s, slot_id=s.other_slot), 409, "already_booked"),
    ("a slot of nothing", lambda s: book(s, slot_id=NOTHING), 404, "slot_not_found"),
    (
        "a seat for another's case",
        lambda s: book(s, slot_id=s.other_slot, case_id=s.withdrawn["id"]),
        404,
        "case_not_found",
    ),
]
PLACE: list[Row] = [
    ("a cursor of another list", lambda s: look(s, _turned()), 422, "cursor_invalid"),
    ("a limit with a line", lambda s: look(s, f"{CASES}?limit=1_0"), 422, "query_invalid"),
    ("a limit with a sign", lambda s: look(s, f"{CASES}?limit=%2B5"), 422, "query_invalid"),
    ("a limit with a point", lambda s: look(s, f"{CASES}?limit=5.0"), 422, "query_invalid"),
    ("a limit in blanks", lambda s: look(s, f"{CASES}?limit=%205"), 422, "query_invalid"),
    (
        "a latitude with a line",
        lambda s: look(s, "/api/v1/communities?lat=4_1.8&lng=123"),
        422,
        "query_invalid",
    ),
    ("a bad cursor", lambda s: look(s, f"{CASES}?cursor=!!"), 422, "cursor_invalid"),
    ("a cursor of no id", lambda s: look(s, f"{CASES}?cursor=YWJj"), 422, "cursor_invalid"),
    ("a long cursor", lambda s: look(s, f"{CASES}?cursor={'a' * 201}"), 422, "query_invalid"),
    ("limit 0", lambda s: look(s, f"{CASES}?limit=0"), 422, "query_invalid"),
    ("limit 101", lambda s: look(s, f"{CASES}?limit=101"), 422, "query_invalid"),
    ("a huge limit", lambda s: look(s, f"{CASES}?limit={10**30}"), 422, "query_invalid"),
    ("limit of letters", lambda s: look(s, f"{CASES}?limit=ten"), 422, "query_invalid"),
    ("a blank limit", lambda s: look(s, f"{CASES}?limit="), 422, "query_invalid"),
    ("a blank status", lambda s: look(s, f"{CASES}?status="), 422, "query_invalid"),
    ("a blank unread", lambda s: look(s, "/api/v1/messages?unread="), 422, "query_invalid"),
    ("a blank item", lambda s: look(s, "/api/v1/offices?item="), 422, "query_invalid"),
    ("a blank cursor", lambda s: look(s, f"{CASES}?cursor="), 422, "query_invalid"),
    ("a limit given twice", lambda s: look(s, f"{CASES}?limit=1&limit=2"), 422, "query_invalid"),
    ("a blank one where none is", lambda s: look(s, "/api/v1/me?x="), 422, "query_invalid"),
    ("no value at all", lambda s: look(s, f"{CASES}?limit"), 422, "query_invalid"),
    ("a reversed query", lambda s: look(s, "/api/v1/items?q=%E2%80%AEx"), 422, "query_invalid"),
    ("the last day of all", lambda s: slots(s, "9999-12-31"), 422, "query_invalid"),
    ("a day in seconds", lambda s: slots(s, "1796083200"), 422, "query_invalid"),
    ("a day with a time", lambda s: slots(s, "2026-12-01T00:00:00"), 422, "query_invalid"),
    ("a day without dashes", lambda s: slots(s, "20261201"), 422, "query_invalid"),
    ("the first day of all", lambda s: slots(s, "0001-01-01"), 422, "query_invalid"),
    ("a long URL", lambda s: look(s, f"{CASES}?cursor={'a' * 9000}"), 414, "url_too_long"),
    (
        "long headers",
        lambda s: replace(look(s, CASES), headers={"X-Long": "a" * 9000}),
        431,
        "headers_too_large",
    ),
    ("an unknown parameter", lambda s: look(s, f"{CASES}?page=2"), 422, "query_invalid"),
    ("one where none is", lambda s: look(s, "/api/v1/me?x=1"), 422, "query_invalid"),
    ("one without a name", lambda s: look(s, f"{CASES}?=2"), 422, "query_invalid"),
    ("half a place", lambda s: look(s, "/api/v1/communities?lat=41.8"), 422, "query_invalid"),
    ("no number", lambda s: look(s, "/api/v1/communities?lat=nan&lng=x"), 422, "query_invalid"),
    ("an unknown status", lambda s: look(s, f"{CASES}?status=lost"), 422, "query_invalid"),
    ("a NUL in the query", lambda s: look(s, "/api/v1/items?q=%00"), 422, "query_invalid"),
    ("no UUID in the path", lambda s: look(s, f"{CASES}/1"), 404, "route_not_found"),
    ("an id of nothing", lambda s: look(s, f"{CASES}/{NOTHING}"), 404, "case_not_found"),
    ("another's id", lambda s: look(s, f"{CASES}/{s.withdrawn['id']}"), 404, "case_not_found"),
    ("no such item", lambda s: look(s, "/api/v1/items/SP-XX-999"), 404, "item_not_found"),
    ("no such path", lambda s: look(s, "/api/v1/secrets"), 404, "route_not_found"),
    (
        "a method it has not",
        lambda s: replace(look(s, CASES), method="DELETE"),
        405,
        "method_not_allowed",
    ),
    (
        "a code used twice",
        lambda s: Ask(path="/api/v1/auth/wechat", body={"code": s.used_code}),
        401,
        "wechat_code_invalid",
    ),
    (
        "a code of nothing for an invite",
        lambda _: Ask(path="/api/v1/staff/auth/bind", body={"code": "x", "invite": "Y"}),
        401,
        "wechat_code_invalid",
    ),
]


def _turned() -> str:
    """The list of cases from a row of the list of appointments on."""
    _, cursor = pages.cut([NOTHING, NOTHING], ListAppointments(limit=1), str)
    return f"{CASES}?cursor={cursor}"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [pytest.param(*row[1:], id=row[0]) for row in BODY + KEYS + CONTENT + STATE + PLACE],
)
async def test_it_is_refused_and_changes_nothing(
    ask: Callable[[Scene], Ask],
    status: int,
    code: str,
    *,
    scene: Scene,
    live: Live,
    http: ClientSession,
) -> None:
    before = await state(live)
    heard = await ask(scene).of(http, live)
    assert (heard.status, heard.code) == (status, code), heard
    if code in {"body_invalid", "query_invalid", "form_invalid", "material_missing"}:
        assert heard.body["invalid_params"]
    told = heard.body.get("invalid_params", [])
    assert all(param["name"] and param["reason"] != "填写有误" for param in told), told
    assert await state(live) == before
