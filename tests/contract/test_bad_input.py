"""Each kind of bad input, what it gets, and that nothing is lost or changed by it."""

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http import pages
from miniprogram_api.endpoints.appointments import ListAppointments
from tests.contract.asking import Ask
from tests.contract.rows import state
from tests.contract.scene import (
    CASES,
    ITEM,
    Scene,
    a_scene,
    act,
    book,
    look,
    me,
    nested,
    raw,
    same,
    slots,
    submit,
)
from tests.live import Live


@pytest.fixture(scope="module")
async def scene(live: Live, http: ClientSession) -> Scene:
    return await a_scene(live, http)


Row = tuple[str, Callable[[Scene], Ask], int, str]
NOTHING = str(uuid4())
BODY: list[Row] = [
    ("a wrong type", lambda s: submit(s, item_code=7), 422, "body_invalid"),
    ("a list for an object", lambda s: submit(s, form=[]), 422, "body_invalid"),
    ("a list for the body", lambda s: raw(s, b"[]"), 422, "body_invalid"),
    ("null for the body", lambda s: raw(s, b"null"), 422, "body_invalid"),
    ("no body", lambda s: raw(s, b""), 422, "body_invalid"),
    ("a field without a name", lambda s: submit(s, **{"": 1}), 422, "body_invalid"),
    ("a number for the body", lambda s: raw(s, b"7"), 422, "body_invalid"),
    ("too long", lambda s: submit(s, item_code="x" * 51), 422, "body_invalid"),
    ("too short", lambda s: submit(s, item_code=""), 422, "body_invalid"),
    ("too many", lambda s: submit(s, materials=[{}] * 51), 422, "body_invalid"),
    ("no UUID", lambda s: book(s, slot_id="seat"), 422, "body_invalid"),
    ("a number for a UUID", lambda s: book(s, slot_id=1), 422, "body_invalid"),
    ("a NUL", lambda s: submit(s, item_code="a\x00b"), 422, "body_invalid"),
    ("a bare NUL", lambda s: raw(s, b'{"item_code": "\x00"}'), 422, "body_invalid"),
    ("an unknown field", lambda s: submit(s, status="approved"), 422, "body_invalid"),
    ("another's id", lambda s: submit(s, resident_id=NOTHING), 422, "body_invalid"),
    ("no JSON", lambda s: raw(s, b"item_code=x"), 400, "json_malformed"),
    ("half a JSON", lambda s: raw(s, b'{"item_code": "x'), 400, "json_malformed"),
    ("no UTF-8", lambda s: raw(s, b'{"item_code": "\xff"}'), 400, "json_malformed"),
    ("half a surrogate", lambda s: raw(s, rb'{"item_code": "\ud800"}'), 400, "json_malformed"),
    ("too deep", lambda s: raw(s, nested(20_000)), 400, "json_malformed"),
    ("a bell", lambda s: submit(s, form={"a": [{"b": "x\x07"}]}), 422, "body_invalid"),
    ("a bell in an escape", lambda s: raw(s, rb'{"item_code": "\b"}'), 422, "body_invalid"),
    ("a bell in a name", lambda s: submit(s, form={"a\x07": "x"}), 422, "body_invalid"),
    ("reversed text", lambda s: submit(s, form={"a": "\u202egpj"}), 422, "body_invalid"),
    ("an invisible letter", lambda s: submit(s, form={"a": "王\u200b"}), 422, "body_invalid"),
    (
        "a reason reversed",
        lambda s: act(s, "decline", '"1"', reason="\u2067x"),
        422,
        "body_invalid",
    ),
    ("a noncharacter", lambda s: submit(s, form={"a": "王\uffff"}), 422, "body_invalid"),
    ("another plane's", lambda s: submit(s, form={"a": "\U0003fffe"}), 422, "body_invalid"),
    ("a reason unseen", lambda s: act(s, "decline", '"1"', reason="\u3164"), 422, "body_invalid"),
    ("an opinion unseen", lambda s: act(s, "pass", '"1"', opinion="\u2800"), 422, "body_invalid"),
    (
        "a defect unseen",
        lambda s: act(s, "supplement-requests", '"1"', defects=[{"reason": "\ufe0f"}]),
        422,
        "body_invalid",
    ),
    ("a name with a bell", lambda s: me(s, "real-name", name="王\x07"), 422, "body_invalid"),
    ("a name twice", lambda s: _twice(s, "item_code"), 422, "body_invalid"),
    ("a name twice, escaped", lambda s: _twice(s, "\\u0069tem_code"), 422, "body_invalid"),
    ("a name twice within", lambda s: _twice(s, "members", "household"), 422, "body_invalid"),
    ("not a number", lambda s: raw(s, b'{"form": {"a": NaN}}'), 400, "json_malformed"),
    ("minus infinity", lambda s: raw(s, b'{"a": -Infinity}'), 400, "json_malformed"),
    ("digits unseen", lambda s: _written(s, "0.30000000000000000000001"), 422, "body_invalid"),
    ("next to nothing", lambda s: _written(s, "1e-400"), 422, "body_invalid"),
    ("a fraction for a step", lambda s: _returned(s, 1.5), 422, "body_invalid"),
    ("a decimal point in a step", lambda s: _returned(s, 1.0), 422, "body_invalid"),
    ("256 KB and more", lambda s: submit(s, form={"a": "x" * 262_144}), 413, "body_too_large"),
    ("12 MB", lambda s: raw(s, b" " * 12_582_912), 413, "body_too_large"),
]
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
]
CONTENT: list[Row] = [
    ("an unknown item", lambda s: submit(s, item_code="SP-XX-999"), 422, "item_unknown"),
    (
        "an unknown community",
        lambda s: submit(s, community_code="9" * 12),
        422,
        "community_unknown",
    ),
    ("a street", lambda s: submit(s, community_code="210102001000"), 422, "community_unknown"),
    ("an empty form", lambda s: submit(s, form={}), 422, "form_invalid"),
    ("an unknown answer", lambda s: submit(s, form={"spell": "x"}), 422, "form_invalid"),
    ("a huge number", lambda s: _earning(s, 10**30), 422, "form_invalid"),
    ("part of a fen", lambda s: _earning(s, 0.1 + 0.2), 422, "form_invalid"),
    ("no papers", lambda s: submit(s, materials=[]), 422, "material_missing"),
    (
        "a paper nobody asked for",
        lambda s: submit(s, materials=[{"material_code": "tale", "file_id": s.foreign_file}]),
        422,
        "material_unknown",
    ),
    (
        "another's file",
        lambda s: submit(
            s,
            materials=[paper | {"file_id": s.foreign_file} for paper in s.application["materials"]],
        ),
        422,
        "file_unknown",
    ),
    (
        "a second open case",
        lambda s: submit(s, item_code=ITEM, **same(s)),
        409,
        "case_already_open",
    ),
    (
        "too little known",
        lambda s: replace(submit(s), token=s.newcomer.token),
        403,
        "assurance_too_low",
    ),
    ("a name of two scripts", lambda s: me(s, "real-name", **_mixed()), 422, "name_invalid"),
    ("a wrong ID number", lambda s: me(s, "real-name", **_wrong()), 422, "id_number_invalid"),
    ("a wrong phone code", lambda s: me(s, "phone", code="x"), 422, "phone_code_invalid"),
]
STATE: list[Row] = [
    ("an old version", lambda s: act(s, "accept", '"99"'), 412, "version_stale"),
    ("no If-Match", lambda s: act(s, "accept", None), 428, "if_match_required"),
    ("any version", lambda s: act(s, "accept", "*"), 428, "if_match_required"),
    ("no ETag of ours", lambda s: act(s, "accept", '"abc"'), 428, "if_match_required"),
    ("a list of ETags", lambda s: act(s, "accept", '"1", "2"'), 428, "if_match_required"),
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


def _earning(scene: Scene, total: float) -> Ask:
    return submit(scene, item_code=ITEM, form={"income": {"monthly_total": total}})


def _written(scene: Scene, total: str) -> Ask:
    """An amount in just these digits."""
    whole = json.dumps(_earning(scene, 0).body)
    return raw(scene, whole.replace('"monthly_total": 0', f'"monthly_total": {total}').encode())


def _twice(scene: Scene, name: str, within: str = "") -> Ask:
    """A submission that has this name, written so, twice in its object."""
    whole = json.dumps(submit(scene).body)
    inside = f'"{within}": {{' if within else "{"
    assert inside in whole
    return raw(scene, whole.replace(inside, f'{inside}"{name}": "x", ', 1).encode())


def _turned() -> str:
    """The list of cases from a row of the list of appointments on."""
    _, cursor = pages.cut([NOTHING, NOTHING], ListAppointments(limit=1), str)
    return f"{CASES}?cursor={cursor}"


def _returned(scene: Scene, step: float) -> Ask:
    return act(scene, "return", '"1"', to_step=step, reason="材料不全")


def _wrong() -> dict[str, str]:
    return {"name": "王秀英", "id_number": "210102195605010011"}


def _mixed() -> dict[str, str]:
    return {"name": "Sаra Smith", "id_number": "11010519491231002X"}


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
