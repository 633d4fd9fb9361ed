"""Bodies that are refused: what cannot be read, and what says what cannot be."""

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from tests.contract.asking import Ask
from tests.contract.scene import ITEM, Scene, act, book, me, nested, raw, same, submit

Row = tuple[str, Callable[[Scene], Ask], int, str]
NOTHING = str(uuid4())


def sent_as(scene: Scene, kind: str) -> Ask:
    """A body without what it needs, under this Content-Type."""
    ask = raw(scene, b"{}")
    return replace(ask, headers=ask.headers | {"Content-Type": kind})


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
    *(
        (f"sent as {kind}", lambda s, kind=kind: sent_as(s, kind), 415, "body_type_refused")
        for kind in (
            "application/x-www-form-urlencoded",
            "text/plain",
            "application/json; charset=utf-16",
            "application/jsonp",
            "application/json, text/plain",
        )
    ),
    *(
        (f"JSON sent as {kind}", lambda s, kind=kind: sent_as(s, kind), 422, "body_invalid")
        for kind in ("", "Application/JSON;charset=UTF-8", 'application/json; charset="utf-8"')
    ),
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
    ("a huge number", lambda s: _earning(s, 10**15), 422, "form_invalid"),
    ("more than 64 bits", lambda s: _earning(s, 10**30), 422, "body_invalid"),
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


def _returned(scene: Scene, step: float) -> Ask:
    return act(scene, "return", '"1"', to_step=step, reason="材料不全")


def _wrong() -> dict[str, str]:
    return {"name": "王秀英", "id_number": "210102195605010011"}


def _mixed() -> dict[str, str]:
    return {"name": "Sаra Smith", "id_number": "11010519491231002X"}
