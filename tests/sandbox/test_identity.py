"""The stand-in of the identity authority: strict about the contract, easy about unknown people."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientResponse

from config.published import SANDBOX_IDENTITY_TOKEN
from sandbox import persons
from sandbox.identity import FAULTS, NAME, PATH
from sandbox.state import State
from tests.sandbox.calls import WeChat, decoded

NUMBER, OTHER = "11010519491231002X", "440524188001010014"
TOKEN = {"Authorization": f"Bearer {SANDBOX_IDENTITY_TOKEN}"}


def question(name: Any = "张三", number: Any = NUMBER, **changes: Any) -> dict[str, Any]:
    return {
        "request_id": str(uuid.uuid4()),
        "level": "two_factor",
        "subject": {"name": name, "id_type": "id_card", "id_number": number},
        "evidence": None,
        "purpose": "real_name",
        "consent_ref": None,
    } | changes


async def ask(
    wechat: WeChat, name: Any = "张三", number: Any = NUMBER, **more: Any
) -> ClientResponse:
    return await wechat.raw("POST", PATH, json=question(name, number), headers=TOKEN, **more)


async def result(wechat: WeChat, name: str, number: str = NUMBER) -> str:
    answer = await ask(wechat, name, number)
    assert answer.status == 200
    return str((await decoded(answer))["result"])


async def test_whoever_comes_first_is_believed_and_remembered(wechat: WeChat) -> None:
    found = [await result(wechat, name) for name in ("张三", "李四", "张三")]

    assert found == ["match", "mismatch", "match"]


async def test_when_strict_nobody_is_known_who_was_not_put_in(wechat: WeChat) -> None:
    await wechat.control("options", identity="strict")
    await wechat.control("persons", name="张三", id_number=NUMBER.lower())

    found = [await result(wechat, "张三"), await result(wechat, "李四")]
    found.append(await result(wechat, "张三", OTHER))

    assert found == ["match", "mismatch", "no_record"]


async def test_somebody_known_may_be_given_a_new_name(wechat: WeChat) -> None:
    await wechat.control("persons", name="张三", id_number=NUMBER)
    await wechat.control("persons", name="张珊", id_number=NUMBER)

    assert [await result(wechat, name) for name in ("张三", "张珊")] == ["mismatch", "match"]


async def test_an_answer_is_of_its_question(wechat: WeChat) -> None:
    asked = question()

    answer = await decoded(await wechat.raw("POST", PATH, json=asked, headers=TOKEN))

    assert answer["request_id"] == asked["request_id"]
    assert answer["provider"] == "yikou-sandbox"
    assert answer.keys() == {
        "request_id",
        "result",
        "provider",
        "provider_ref",
        "checked_at",
        "billed",
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"level": "face"}, 500),
        ({"purpose": "curiosity"}, 500),
        ({"evidence": {}}, 500),
        ({"request_id": "1"}, 500),
        ({"more": 1}, 500),
        ({"subject": None}, 500),
        ({"subject": {"name": "张三"}}, 500),
        ({"subject": {"name": "张三", "id_type": "passport", "id_number": NUMBER}}, 400),
        ({"subject": {"name": "", "id_type": "id_card", "id_number": NUMBER}}, 400),
        ({"subject": {"name": "张三", "id_type": "id_card", "id_number": "1"}}, 400),
        ({"subject": {"name": 1, "id_type": "id_card", "id_number": 2}}, 400),
    ],
)
async def test_what_is_not_of_the_contract_is_refused(
    wechat: WeChat, changes: dict[str, Any], status: int
) -> None:
    answer = await wechat.raw("POST", PATH, json=question(**changes), headers=TOKEN)

    assert answer.status == status
    kind = {400: "invalid_input", 500: "config"}[status]
    assert (await decoded(answer))["error"]["class"] == kind
    assert (await wechat.shown("persons"))["items"] == []


async def test_a_person_too_many_finds_it_unavailable(
    wechat: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persons, "PERSONS_MAX", 1)
    assert await result(wechat, "张三") == "match"

    answer = await ask(wechat, "李四", OTHER)

    assert answer.status == 503
    assert (await decoded(answer))["error"]["class"] == "unavailable"
    assert await result(wechat, "张三") == "match"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
async def test_another_token_is_refused(wechat: WeChat, headers: dict[str, str]) -> None:
    answer = await wechat.raw("POST", PATH, json=question(), headers=headers)

    assert (answer.status, (await decoded(answer))["error"]["class"]) == (401, "config")


@pytest.mark.parametrize("sent", [{"data": b"{"}, {"data": b"[]"}, {"data": b"{}"}])
async def test_what_is_no_question_is_refused(wechat: WeChat, sent: dict[str, Any]) -> None:
    for kind in ("application/json", "text/plain"):
        headers = TOKEN | {"Content-Type": kind}
        answer = await wechat.raw("POST", PATH, headers=headers, **sent)
        assert answer.status == 500
    assert (await wechat.raw("GET", PATH, headers=TOKEN)).status == 500


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("busy", 503, "unavailable"),
        ("minute_quota", 429, "quota_account"),
        ("daily_quota", 429, "quota_subject"),
    ],
)
async def test_a_fault_strikes_so_many_times(
    wechat: WeChat, kind: str, status: int, said: str
) -> None:
    await wechat.control("faults", path=PATH, kind=kind, times=2)

    answers = [await ask(wechat) for _ in range(3)]

    assert [answer.status for answer in answers] == [status, status, 200]
    assert (await decoded(answers[0]))["error"]["class"] == said
    stats = await wechat.shown("stats")
    assert stats["calls"][PATH] == {said: 2, "match": 1}
    assert (stats["faults"], stats["persons"]) == ({kind: 2}, 1)


async def test_a_broken_gateway_and_broken_connections(wechat: WeChat) -> None:
    await wechat.control("faults", path=NAME, kind="http_500")
    assert ((await ask(wechat)).status, (await ask(wechat)).status) == (500, 200)
    for kind, remembered in (("reset_before", 1), ("reset_after", 2)):
        await wechat.control("faults", path=PATH, kind=kind)
        with pytest.raises(ClientError):
            await ask(wechat, "李四", OTHER)
        assert (await wechat.shown("stats"))["persons"] == remembered


@pytest.mark.parametrize("kind", ["token_revoked", "blocked", "late"])
async def test_a_fault_that_only_wechat_has_is_refused(wechat: WeChat, kind: str) -> None:
    for path in (PATH, NAME):
        answer = await wechat.raw("POST", "/_control/faults", json={"path": path, "kind": kind})

        assert answer.status == 400
        assert f"kind is one of {', '.join(FAULTS)}, not" in (await answer.json())["error"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "张三"},
        {"name": "", "id_number": NUMBER},
        {"name": "张三", "id_number": "123"},
        {"name": "张三", "id_number": NUMBER, "more": 1},
        {"name": "三" * 101, "id_number": NUMBER},
    ],
)
async def test_nobody_can_be_put_in_by_halves(wechat: WeChat, body: dict[str, Any]) -> None:
    answer = await wechat.raw("POST", "/_control/persons", json=body)

    assert answer.status == 400
    assert (await answer.json())["error"]


async def test_neither_page_nor_list_shows_a_number(wechat: WeChat) -> None:
    await ask(wechat, "<b>张三", NUMBER)

    shown = await (await wechat.raw("GET", "/_control/persons")).text()
    page = await (await wechat.raw("GET", "/_control")).text()

    assert "1****************X" in shown
    assert "1 人 persons" in page
    assert "match 1" in page
    assert "信以为真 believed" in page
    for text in (shown, page):
        assert NUMBER not in text
    await wechat.control("options", identity="strict")
    assert "查无此人 no record" in await (await wechat.raw("GET", "/_control")).text()


async def test_persons_survive_a_restart_without_their_numbers(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = State(file=file)
    state.keep_person(state.persons.put("张三", NUMBER))
    state.journal.close()

    again = State(file=file)
    again.journal.close()

    found = again.persons.find(NUMBER)
    assert found is not None
    assert found.name == "张三"
    assert NUMBER not in file.read_text("utf-8")
