"""Question and answers of the identity service byte by byte; what it says of devices and phones."""

import json
from typing import Any
from uuid import UUID

import pytest

from backend.audit import Origin
from backend.identity import devices, phones, roster, typed_codes
from backend.identity.identity_check import contract
from backend.identity.identity_check.claim import Claim
from backend.identity.identity_check.outcomes import Answered, SubjectQuota, Unanswered
from models import CheckResult, Device, Role

CHECK = UUID("0194f2a0-0000-7000-8000-000000000001")
NUMBER = "11010519491231002X"
CHECKED: dict[str, Any] = {
    "request_id": str(CHECK),
    "result": "match",
    "provider": "gat",
    "provider_ref": "r-1",
    "checked_at": "2026-11-26T10:15:00+08:00",
    "billed": True,
}


def said(status: int = 200, media_type: str = contract.JSON, /, **changes: Any) -> Answered:
    body = json.dumps(CHECKED | changes).encode()
    return contract.answer(status, media_type, body, check=CHECK, number=NUMBER)


def refused(status: int, **error: Any) -> Answered:
    body = json.dumps({"error": error}).encode()
    return contract.answer(status, contract.JSON, body, check=CHECK, number=NUMBER)


def test_the_question_is_as_the_page_for_vendors_has_it() -> None:
    assert json.loads(contract.question(CHECK, name="王秀英", number=NUMBER)) == {
        "request_id": str(CHECK),
        "level": "two_factor",
        "subject": {"name": "王秀英", "id_type": "id_card", "id_number": NUMBER},
        "evidence": None,
        "purpose": "real_name",
        "consent_ref": None,
    }


@pytest.mark.parametrize("result", ["match", "mismatch", "no_record"])
def test_an_answer_is_taken_with_the_services_own_words(result: str) -> None:
    assert said(result=result) == Answered(CheckResult(result), "gat", "r-1")
    assert said(result=result, provider_ref=None).provider_ref is None


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": ""},
        {"provider": "x" * 65},
        {"provider": "公安"},
        {"provider": "a b"},
        {"provider_ref": "x" * 129},
        {"provider_ref": 1},
        {"checked_at": "2026-11-26T10:15:00"},
        {"checked_at": 1},
        {"billed": 1},
        {"billed": None},
        {"result": "MATCH"},
        {"request_id": 1},
    ],
)
def test_an_answer_that_is_not_of_the_contract_is_a_fault_of_the_service(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(Unanswered) as unanswered:
        said(**changes)
    assert (unanswered.value.code, unanswered.value.fault) == ("malformed", True)
    # What it said is quoted nowhere.
    assert unanswered.value.__cause__ is None


@pytest.mark.parametrize(
    "changes",
    [{"provider": "x" * 64}, {"provider_ref": "x" * 128}, {"more": 1}, {"provider": "!~"}],
)
def test_words_may_be_as_long_as_there_is_room_and_more_may_be_said(
    changes: dict[str, Any],
) -> None:
    assert said(**changes).result is CheckResult.MATCH


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"request_id": str(UUID(int=9))}, "other_request"),
        ({"result": "not_completed"}, "not_completed"),
        ({"provider_ref": f"x{NUMBER}"}, "number_repeated"),
    ],
)
def test_what_is_no_answer_to_this_question_says_nothing(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unanswered) as unanswered:
        said(**changes)
    assert (unanswered.value.code, unanswered.value.fault) == (code, True)


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [(200, "other_type", True), (404, "http_404", True), (502, "http_502", False)],
)
def test_a_page_of_a_proxy_is_told_by_its_status(status: int, code: str, *, fault: bool) -> None:
    with pytest.raises(Unanswered) as unanswered:
        said(status, "text/html")
    assert (unanswered.value.code, unanswered.value.fault) == (code, fault)


@pytest.mark.parametrize(
    ("status", "kind", "code", "fault"),
    [
        (422, "evidence_invalid", "evidence_invalid", True),
        (429, "quota_account", "quota_account", True),
        (503, "unavailable", "unavailable", False),
        (504, "timeout", "timeout", False),
        (401, "config", "config", True),
        (403, "config", "config", True),
        (500, "config", "config", True),
        # Of another status than the contract has for it.
        (400, "config", "http_400", True),
        (500, "unavailable", "http_500", False),
        (422, "invalid_input", "http_422", True),
        (200, "unavailable", "malformed", True),
    ],
)
def test_a_refusal_says_whether_somebody_must_mend_it(
    status: int, kind: str, code: str, *, fault: bool
) -> None:
    with pytest.raises(Unanswered) as unanswered:
        refused(status, **{"class": kind})
    assert (unanswered.value.code, unanswered.value.fault) == (code, fault)
    assert unanswered.value.retry_after is None


def test_a_refusal_may_say_when_to_come_back_and_give_its_own_code() -> None:
    with pytest.raises(Unanswered) as unanswered:
        refused(503, **{"class": "unavailable"}, retry_after_s=0, provider_code="-6")
    assert (unanswered.value.code, unanswered.value.retry_after) == ("unavailable:-6", 0)
    for wrong in ({"retry_after_s": -1}, {"retry_after_s": 1.5}, {"provider_code": "x" * 65}):
        with pytest.raises(Unanswered, match="http_503"):
            refused(503, **{"class": "unavailable"} | wrong)


def test_two_refusals_are_answers() -> None:
    assert refused(400, **{"class": "invalid_input"}) == Answered(CheckResult.INVALID_INPUT)
    with pytest.raises(SubjectQuota):
        refused(429, **{"class": "quota_subject"})


def test_a_claim_is_told_by_name_and_number_and_shows_neither() -> None:
    claim = Claim("王秀英", NUMBER)

    assert claim.claim_hash == Claim("王秀英", NUMBER).claim_hash
    assert claim.claim_hash != Claim("王英", NUMBER).claim_hash
    assert claim.number_hash == Claim("王英", NUMBER).number_hash
    assert "王" not in repr(claim)
    assert NUMBER not in repr(claim)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", Device.IPHONE),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Macintosh", Device.IPAD),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Android", Device.HARMONY),
        ("Mozilla/5.0 (Linux; Android 10; HarmonyOS)", Device.HARMONY),
        ("Mozilla/5.0 (Linux; Android 14; Pixel)", Device.ANDROID),
        ("Mozilla/5.0 (Windows NT 10.0)", Device.WINDOWS),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X)", Device.MAC),
        ("MOZILLA/5.0 (MACINTOSH)", Device.MAC),
        ("curl/8", Device.OTHER),
        ("", Device.OTHER),
    ],
)
def test_a_device_is_known_by_its_first_mark(agent: str, device: Device) -> None:
    assert devices.device(agent) is device


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.7", "203.0.*.*"),
        ("::ffff:203.0.113.7", "203.0.*.*"),
        ("2409:8a00:1234:5678::1", "2409:8a00:*"),
        ("2409:a::1", "2409:a:*"),
        ("::1", "0:0:*"),
        ("fe80::1%eth0", "fe80:0:*"),
        ("nobody", None),
        ("", None),
        ("203.0.113", None),
    ],
)
def test_of_an_address_only_what_many_share_is_kept(address: str, kept: str | None) -> None:
    assert devices.network(address) == kept


def test_of_a_session_begun_by_a_command_nothing_is_kept() -> None:
    assert devices.of(Origin("command")) == {}
    assert devices.of(Origin("r-1", address="203.0.113.7")) == {
        "device": Device.OTHER,
        "network": "203.0.*.*",
    }


@pytest.mark.parametrize(
    ("text", "mobile"),
    [
        ("13800138000", True),
        ("10000000000", True),
        ("1380013800", False),
        ("138001380000", False),
        ("23800138000", False),
        ("+8613800138000", False),
        ("13800138000\n", False),
        ("１３８００１３８０００", False),
        ("1380013800０", False),
        ("", False),
    ],
)
def test_a_mobile_number_is_written_bare(text: str, *, mobile: bool) -> None:
    assert phones.is_mobile(text) is mobile


def test_a_code_to_type_is_known_however_it_is_typed_and_of_one_kind() -> None:
    code = typed_codes.new(groups=3, size=4)
    kept = typed_codes.hashed("invite", code)

    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' - ')} "):
        assert typed_codes.hashed("invite", typed) == kept
    assert typed_codes.hashed("recovery_code", code) != kept
    assert not {*code.replace("-", "")} & {*"ILOU"}
    assert roster.written([("210102", Role.CLERK), ("2101", Role.ADMIN)]) == (
        "210102:clerk",
        "2101:admin",
    )
