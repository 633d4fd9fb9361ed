import asyncio
from collections.abc import AsyncIterator

import pytest

from backend.identity import sessions
from backend.identity.identity_check.contract import VERIFY
from config import clock
from miniprogram_api.endpoints import me
from models import Audience, Resident
from tests.backend.identity.factories import ID_NUMBER, OTHER_ID_NUMBER, a_community, a_resident
from tests.serving import Served, served

ME = "/api/v1/me"
FIELDS = {
    "id",
    "assurance",
    "name_masked",
    "phone_masked",
    "id_number_masked",
    "community",
    "created_at",
}


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([me.routes]) as api:
        yield api


@pytest.fixture
async def token(api: Served) -> str:
    # A phone code is good for the account whose it is.
    resident = await a_resident(await api.phones.openid("wang"))
    return (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token


async def test_step_by_step_the_resident_becomes_known(api: Served, token: str) -> None:
    home = await a_community()
    code = await api.phones.code("wang", kind="phone")

    phone = await api.ask("POST", f"{ME}/phone", {"code": code}, token=token)
    real_name = {"name": "王小四", "id_number": ID_NUMBER.lower()}
    named = await api.ask("POST", f"{ME}/real-name", real_name, token=token)
    living = {"community_code": home.code, "address": "和平街1号"}
    lives = await api.ask("PUT", ME, living, token=token)

    assert [heard.status for heard in (phone, named, lives)] == [200, 200, 200]
    assert phone.body["assurance"] == "phone"
    assert phone.body["phone_masked"][3:-2] == "******"
    assert named.body["assurance"] == "real_name"
    assert named.body["name_masked"] == "王*四"
    assert named.body["id_number_masked"] == "1****************X"
    assert lives.body["community"] == {"code": home.code, "name": home.name}
    assert lives.body.keys() == FIELDS
    assert (await api.ask("GET", ME, token=token)).body == lives.body


async def test_nothing_in_an_answer_is_clear(api: Served, token: str) -> None:
    home = await a_community()
    real_name = {"name": "王小四", "id_number": ID_NUMBER}
    await api.ask("POST", f"{ME}/real-name", real_name, token=token)
    await api.ask("PUT", ME, {"community_code": home.code, "address": "和平街1号"}, token=token)

    shown = str((await api.ask("GET", ME, token=token)).body)

    for clear in ("王小四", ID_NUMBER, "19491231", "和平街"):
        assert clear not in shown


async def test_a_repeated_phone_code_gets_its_first_answer_with_its_key_only(
    api: Served, token: str
) -> None:
    code, key = await api.phones.code("wang", kind="phone"), {"Idempotency-Key": "k"}
    first = await api.ask("POST", f"{ME}/phone", {"code": code}, token=token, **key)
    again = await api.ask("POST", f"{ME}/phone", {"code": code}, token=token, **key)
    bare = await api.ask("POST", f"{ME}/phone", {"code": code}, token=token)

    assert again.body == first.body
    assert (bare.status, bare.code) == (422, "phone_code_invalid")


async def test_another_id_number_is_refused(api: Served, token: str) -> None:
    for number, status in ((ID_NUMBER, 200), (ID_NUMBER, 200), (OTHER_ID_NUMBER, 409)):
        body = {"name": "张三", "id_number": number}
        heard = await api.ask("POST", f"{ME}/real-name", body, token=token)
        assert heard.status == status
    assert heard.code == "real_name_fixed"


def test_who_waits_for_the_authority_keeps_nobody_else_waiting() -> None:
    queues = {spec.name: spec.queue for spec in me.routes.specs}

    assert queues == {
        "get_me": "resident",
        "update_me": "resident",
        "set_phone": "wechat_asked",
        "set_real_name": "identity_asked",
    }


@pytest.mark.parametrize("number", [1, 8])
async def test_equal_requests_with_a_key_ask_the_authority_once(
    api: Served, token: str, number: int
) -> None:
    body, key = {"name": "张三", "id_number": ID_NUMBER}, {"Idempotency-Key": "k"}

    rivals = [api.ask("POST", f"{ME}/real-name", body, token=token, **key) for _ in range(number)]
    heard = await asyncio.gather(*rivals)
    again = await api.ask("POST", f"{ME}/real-name", body, token=token, **key)

    assert {one.status for one in heard} == {again.status} == {200}
    assert all(one.body == again.body for one in heard)
    assert await api.phones.asked(VERIFY) == 1


async def test_a_refused_claim_sent_again_with_its_key_is_not_asked_again(
    api: Served, token: str
) -> None:
    await api.phones.person("王小四", ID_NUMBER)
    body, key = {"name": "张三", "id_number": ID_NUMBER}, {"Idempotency-Key": "k"}

    heard = [await api.ask("POST", f"{ME}/real-name", body, token=token, **key) for _ in range(2)]

    assert [(one.status, one.code) for one in heard] == [(422, "identity_mismatch")] * 2
    assert "invalid_params" not in heard[0].body
    assert await api.phones.asked(VERIFY) == 1


@pytest.mark.parametrize(
    ("fault", "status", "code", "wait"),
    [
        ("busy", 503, "identity_unavailable", "5"),
        ("http_500", 503, "identity_unavailable", "5"),
        ("minute_quota", 503, "identity_unavailable", "60"),
        ("daily_quota", 429, "identity_quota_exceeded", "86400"),
    ],
)
async def test_who_cannot_be_checked_now_hears_when_to_come_back(
    api: Served, token: str, fault: str, status: int, *, code: str, wait: str
) -> None:
    await api.phones.fault(VERIFY, fault)

    heard = await api.ask(
        "POST", f"{ME}/real-name", {"name": "张三", "id_number": ID_NUMBER}, token=token
    )

    assert (heard.status, heard.code, heard.headers["Retry-After"]) == (status, code, wait)
    assert (await api.ask("GET", ME, token=token)).body["assurance"] == "wechat"


@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("/real-name", {"name": "张三", "id_number": "123"}, ("id_number_invalid", "id_number")),
        ("/real-name", {"name": "张3", "id_number": ID_NUMBER}, ("name_invalid", "name")),
        ("/real-name", {"name": "张三"}, ("body_invalid", "id_number")),
        ("/real-name", {"name": "张三", "id_number": 1}, ("body_invalid", "id_number")),
        ("/real-name", {"name": "x" * 101, "id_number": ID_NUMBER}, ("body_invalid", "name")),
        ("/phone", {"code": "nonsense"}, ("phone_code_invalid", "code")),
        ("/phone", {}, ("body_invalid", "code")),
        ("", {"community_code": "210102001009"}, ("community_unknown", "community_code")),
        ("", {"community_code": "x" * 25}, ("body_invalid", "community_code")),
        ("", {"address": "x"}, ("body_invalid", "community_code")),
        ("", {"community_code": "1", "address": "x" * 201}, ("body_invalid", "address")),
        ("", {"community_code": "1", "name": "x"}, ("body_invalid", "name")),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_field(
    api: Served, token: str, path: str, body: dict[str, object], *, refused: tuple[str, str]
) -> None:
    code, field = refused
    before = await Resident.all().values()

    heard = await api.ask("POST" if path else "PUT", ME + path, body, token=token)

    assert (heard.status, heard.code) == (422, code)
    assert [param["name"] for param in heard.body["invalid_params"]] == [field]
    assert await Resident.all().values() == before
