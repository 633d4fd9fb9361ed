"""The sandbox's codes, tokens, quotas and faults by themselves, as time goes by."""

from collections.abc import Callable

import pytest

from sandbox import faults
from sandbox.codes import CODES_MAX, Codes
from sandbox.faults import Fault, FaultError, Faults
from sandbox.quota import Limits, Quota
from sandbox.tokens import Tokens
from sandbox.wire import WeChatError

NOW = 1_773_021_600.0  # 2026-03-09 10:00 in the city
NOON = NOW + 2 * 3600


def errcode(attempt: Callable[[], object]) -> int:
    """What is answered: 0 where nothing was refused."""
    try:
        attempt()
    except WeChatError as error:
        return error.errcode
    return 0


def test_a_login_code_works_once_and_says_when_it_was_used() -> None:
    codes = Codes()
    value = codes.issue("login", "o1", appid="wx", now=NOW)

    assert len(value) == 32
    assert errcode(lambda: codes.spend(value, "phone", now=NOW)) == 40029
    spent = codes.spend(value, "login", now=NOW + 300)
    assert (spent.openid, spent.appid, spent.kind) == ("o1", "wx", "login")
    assert errcode(lambda: codes.spend(value, "login", now=NOW + 300)) == 40163
    assert errcode(lambda: codes.spend(value, "login", now=NOW + 300.1)) == 40029


@pytest.mark.parametrize("value", [None, 1, "", "x", [], {}])
def test_what_is_no_code_is_invalid(value: object) -> None:
    assert errcode(lambda: Codes().spend(value, "login", now=NOW)) == 40029


def test_a_phone_code_says_nothing_of_its_use_and_late_ones_are_invalid() -> None:
    codes = Codes()
    value = codes.issue("phone", "o1", appid="wx", now=NOW)

    assert len(value) == 64
    codes.spend(value, "phone", now=NOW)
    assert errcode(lambda: codes.spend(value, "phone", now=NOW)) == 40029
    late = codes.issue("phone", "o1", appid="wx", now=NOW)
    assert errcode(lambda: codes.spend(late, "phone", now=NOW + 301)) == 40029


def test_codes_of_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CODES_MAX == 100_000
    monkeypatch.setattr("sandbox.codes.CODES_MAX", 2)
    codes = Codes()
    first, *rest = [codes.issue("login", "o1", appid="wx", now=NOW) for _ in range(3)]

    assert errcode(lambda: codes.spend(first, "login", now=NOW)) == 40029
    for value in rest:
        codes.spend(value, "login", now=NOW)


def test_a_plain_token_lives_two_hours_and_its_successor_leaves_it_five_minutes() -> None:
    tokens = Tokens()
    old = tokens.plain(NOW).value

    assert [tokens.fault(old, NOW + at) for at in (0, 7199, 7200)] == [0, 0, 42001]
    new = tokens.plain(NOW + 100).value
    assert [tokens.fault(old, NOW + at) for at in (399, 400)] == [0, 40001]
    assert tokens.fault(new, NOW + 400) == 0
    assert len(old) == 512


def test_a_token_near_its_end_is_not_prolonged_by_its_successor() -> None:
    tokens = Tokens()
    old = tokens.plain(NOW).value
    tokens.plain(NOW + 7100)

    assert [tokens.fault(old, NOW + at) for at in (7199, 7200)] == [0, 40001]


def test_a_stable_token_stays_until_five_minutes_before_its_end() -> None:
    tokens = Tokens()
    first = tokens.stable(NOW)

    assert tokens.stable(NOW + 6899) is first
    second = tokens.stable(NOW + 6900)
    assert second is not first
    assert tokens.fault(first.value, NOW + 6900) == 0
    assert tokens.forced(NOW + 6901) is not second
    assert tokens.fault(second.value, NOW + 6901) == 40001
    assert tokens.issued == {"token": 0, "stable_token": 3}


def test_the_two_kinds_never_end_each_other_and_a_revocation_ends_all() -> None:
    tokens = Tokens()
    plain, stable = tokens.plain(NOW), tokens.stable(NOW)
    tokens.forced(NOW)
    assert tokens.fault(plain.value, NOW + 1) == 0

    tokens.revoke(NOW)

    assert {tokens.fault(each.value, NOW) for each in (plain, stable)} == {40001}
    assert tokens.stable(NOW).value != stable.value
    # Nothing that was revoked comes back to life with its successor.
    assert tokens.fault(stable.value, NOW) == 40001


@pytest.mark.parametrize("value", ["", "x", "92_", "92_short", "9_" + "a" * 30, "92_" + "!" * 30])
def test_what_does_not_look_like_a_token_is_told_apart(value: str) -> None:
    assert Tokens().fault(value, NOW) == 40014
    assert Tokens().fault("92_" + "a" * 20, NOW) == 40001


def test_a_paths_quotas_are_of_the_minute_and_of_the_day() -> None:
    quota, limits = Quota(), Limits(per_minute=2, per_day=3)
    spend = [errcode(lambda: quota.spend("/a", limits, NOON)) for _ in range(3)]
    assert spend == [0, 0, 45011]

    # What was refused does not count; another path has quotas of its own.
    assert errcode(lambda: quota.spend("/a", limits, NOON + 60)) == 0
    assert errcode(lambda: quota.spend("/a", limits, NOON + 60)) == 45009
    assert errcode(lambda: quota.spend("/b", limits, NOON + 60)) == 0
    # The day ends at midnight of the city, twelve hours after its noon.
    midnight = NOON + 12 * 3600
    assert errcode(lambda: quota.spend("/a", limits, midnight - 1)) == 45009
    assert errcode(lambda: quota.spend("/a", limits, midnight)) == 0


def test_a_quota_may_be_unlimited_changed_and_answer_otherwise() -> None:
    quota = Quota()
    assert {errcode(lambda: quota.spend("/a", Limits(), NOON)) for _ in range(50)} == {0}

    quota.changed["/a"] = Limits(per_minute=51, minute_errcode=-1)
    answers = [errcode(lambda: quota.spend("/a", Limits(per_minute=1), NOON)) for _ in range(2)]
    assert answers == [0, -1]


def test_a_user_logs_in_a_hundred_times_in_a_minute() -> None:
    quota = Quota()
    answers = [errcode(lambda: quota.login("o1", NOON)) for _ in range(101)]

    assert answers == [0] * 100 + [45011]
    assert errcode(lambda: quota.login("o2", NOON)) == 0
    assert errcode(lambda: quota.login("o1", NOON + 60)) == 0


def test_a_refresh_is_forced_every_half_minute_and_twenty_times_a_day() -> None:
    quota = Quota()
    assert errcode(lambda: quota.force(NOON, 45011)) == 0
    assert errcode(lambda: quota.force(NOON + 29, 45011)) == 45011
    for number in range(1, 20):
        assert errcode(lambda at=NOON + 30 * number: quota.force(at, 45011)) == 0  # type: ignore[misc]
    assert errcode(lambda: quota.force(NOON + 3600, 45011)) == 45009
    assert errcode(lambda: quota.force(NOON + 13 * 3600, 45011)) == 0


def test_quotas_are_cleared_ten_times_a_month() -> None:
    quota, limits = Quota(), Limits(per_day=1)
    for _ in range(10):
        quota.spend("/a", limits, NOON)
        quota.clear(NOON)
    quota.spend("/a", limits, NOON)

    assert errcode(lambda: quota.clear(NOON)) == 48006
    assert errcode(lambda: quota.spend("/a", limits, NOON)) == 45009
    assert errcode(lambda: quota.clear(NOON + 31 * 86_400)) == 0


def test_faults_of_a_path_strike_in_their_order_so_many_times() -> None:
    found = Faults()
    for fault in (Fault("/a", "busy", 2), Fault("/b", "slow"), Fault("/a", "blocked")):
        found.add(fault)

    taken = [found.take(path) for path in ("/a", "/c", "/a", "/a", "/a", "/b", "/b")]
    assert [fault and fault.kind for fault in taken] == [
        *("busy", None, "busy", "blocked", None, "slow", None),
    ]
    assert found.listed() == []


def test_no_more_faults_are_set_than_anybody_could_mean() -> None:
    found = Faults()
    for _ in range(faults.FAULTS_MAX):
        found.add(Fault("/a", "busy"))

    with pytest.raises(FaultError, match="100 faults"):
        found.add(Fault("/a", "busy"))
    assert found.listed()[0] == {"path": "/a", "kind": "busy", "times": 1, "seconds": 10.0}
    found.clear()
    found.add(Fault("/a", "busy"))
