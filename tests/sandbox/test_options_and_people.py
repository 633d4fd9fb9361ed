"""The sandbox's options, people, answers and files by themselves."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from backend.identity import id_number as id_numbers
from sandbox import clock, handed_in, options, users, wire
from sandbox.actors import id_number
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.options import OptionError, Options
from sandbox.persons import Persons
from sandbox.users import UserError, Users
from sandbox.wire import WeChatError
from tests.backend.identity.test_id_number import TODAY

NOW = 1_773_021_600.0  # 2026-03-09 10:00 in the city
NOON = NOW + 2 * 3600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("check_order", "credit_first"),
        ("spend_on_failure", True),
        ("send_ms", 0),
        ("send_ms", 60_000),
        ("push_timeout_s", 0.05),
        ("push_timeout_s", 60),
        ("sent_error_code", -1),
        ("wrong_secret", 40001),
        ("sensitive_words", []),
        ("sensitive_words", ["a"] * 200),
        ("push_url", ""),
    ],
)
def test_an_option_takes_what_it_says(name: str, value: Any) -> None:
    found = options.changed(Options(), {name: value})
    assert getattr(found, name) == (tuple(value) if isinstance(value, list) else value)
    assert Options() == options.changed(Options(), {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nobody", 1),
        ("check_order", "x"),
        ("check_order", ["credit_first"]),
        ("spend_on_failure", 1),
        ("spend_on_failure", "true"),
        ("send_ms", -1),
        ("send_ms", 60_001),
        ("send_ms", 1.5),
        ("send_ms", True),
        ("push_timeout_s", 0.04),
        ("push_timeout_s", float("nan")),
        ("push_timeout_s", "5"),
        ("wrong_secret", 40002),
        ("sensitive_words", "a"),
        ("sensitive_words", ["a", ""]),
        ("sensitive_words", ["a", 1]),
        ("sensitive_words", ["a"] * 201),
        ("push_url", 1),
    ],
)
def test_an_option_takes_nothing_else_and_is_named(name: str, value: Any) -> None:
    with pytest.raises(OptionError, match=name):
        options.changed(Options(), {"push_hold": True, name: value})


def test_each_option_is_described_with_what_it_takes() -> None:
    told = {each["name"]: each for each in options.described(Options(send_ms=5))}

    assert told["send_ms"]["value"] == 5
    assert told["send_ms"]["allowed"] == "0 to 60000"
    assert told["push_hold"]["allowed"] == [False, True]
    assert told["push_url"]["allowed"] == "text"
    assert told["wrong_secret"]["allowed"] == [40125, 40001]
    assert told["risky_words"]["allowed"] == "list of texts"
    assert all(each["meaning"] for each in told.values())


def test_who_somebody_is_follows_from_the_name_alone() -> None:
    people, elsewhere = Users("wx1"), Users("wx2")
    user = people.ensure("王")

    assert people.ensure("王") is people.find(user.openid) is people.of_openid(user.openid) is user
    assert re.fullmatch(r"o[\w-]{27}", user.openid)
    assert re.fullmatch(r"139\d{8}", user.phone)
    other = elsewhere.ensure("王")
    assert (other.unionid, other.phone) == (user.unionid, user.phone)
    assert other.openid != user.openid
    assert people.of_openid(None) is people.find("李") is None
    assert [each.name for each in people] == ["王"]
    assert "messages" not in user.record()


@pytest.mark.parametrize("name", ["", "x" * 65, " x", "x ", "a\nb", "a\x00"])
def test_a_name_is_short_and_can_be_seen(name: str) -> None:
    with pytest.raises(UserError, match="1 to 64 printable"):
        Users("wx").ensure(name)
    assert Users("wx").ensure("x" * 64)


def test_there_are_no_more_users_than_the_sandbox_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "USERS_MAX", 1)
    people = Users("wx")
    first = people.ensure("a")

    with pytest.raises(UserError, match="1 users already"):
        people.ensure("b")
    assert people.add(first) is first
    assert len(people) == 1


def test_a_person_is_kept_without_the_number() -> None:
    known = Persons("key")
    kept = known.put("王秀英", "11010519491231002X")

    assert known.find("11010519491231002X") == kept
    assert kept.masked == "1****************X"
    assert "19491231" not in str(kept.record())
    assert known.put("王英", "11010519491231002X").name == "王英"
    assert len(known) == 1
    assert Persons("other").put("王秀英", "11010519491231002X").digest != kept.digest


def test_errors_are_written_as_each_of_wechats_hosts_does() -> None:
    error = WeChatError(40029)

    for path, comma in (("/sns/jscode2session", ","), ("/cgi-bin/token", "")):
        told = wire.refusal(path, error, NOW)
        assert told["errcode"] == 40029
        assert re.fullmatch(
            rf"invalid code{comma} rid: [0-9a-f]{{8}}-.{{8}}-.{{8}}", told["errmsg"]
        )
    assert int(wire.rid(NOW).partition("-")[0], 16) == NOW
    assert str(WeChatError(40029, "own")) == "40029 own"
    assert wire.ok(a=1) == {"errcode": 0, "errmsg": "ok", "a": 1}


def test_slashes_are_escaped_where_wechat_does_and_halves_of_characters_break_nothing() -> None:
    assert wire.render({"a": "x/王"}, escape_slashes=True) == '{"a":"x\\/王"}'.encode()
    assert wire.render({"a": "x/王"}, escape_slashes=False) == '{"a":"x/王"}'.encode()
    assert wire.render({"a": "\ud800"}, escape_slashes=False) == b'{"a":"?"}'


def test_the_clock_goes_forward_on_demand_and_counts_days_as_china_does() -> None:
    moved = Clock()
    before = moved.now()
    moved.advance(3600)

    assert moved.now() - before >= 3600
    assert clock.text(NOW) == "2026-03-09T10:00:00.000+08:00"
    assert clock.day(NOON + 12 * 3600 - 1) == "2026-03-09"
    assert clock.day(NOON + 12 * 3600) == "2026-03-10"


def test_a_journal_gives_back_what_was_written_and_nothing_superseded(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.jsonl"
    journal = Journal(file)
    assert journal.read() == []
    assert journal.append({"lost": 1})  # not opened: nowhere to keep it
    journal.rewrite([{"a": "王"}, {"b": 2}])
    journal.append({"c": 3})

    assert journal.lines == 3
    assert Journal(file).read() == [{"a": "王"}, {"b": 2}, {"c": 3}]
    journal.compact([{"c": 3}])
    journal.close()
    assert file.read_text("utf-8") == json.dumps({"c": 3}, separators=(",", ":")) + "\n"
    assert [each.name for each in file.parent.iterdir()] == ["state.jsonl"]


def test_without_a_file_nothing_is_kept() -> None:
    journal = Journal(None)
    journal.rewrite([{"a": 1}])

    assert journal.append({"a": 1})
    assert journal.read() == []


def test_made_up_numbers_and_pictures_are_what_they_seem() -> None:
    for born in (TODAY, TODAY.replace(year=1949, month=12, day=31)):
        assert id_numbers.fault(id_number(born=born), today=TODAY) is None
        assert id_number(born=born, region="110105").startswith("110105")
    assert handed_in.photo("white").startswith(b"\xff\xd8\xff")
