from collections.abc import AsyncIterator

import pytest

from backend.identity import sessions
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
    return (await sessions.start(Audience.RESIDENT, resident.id)).access_token


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
