"""What a refusal tells of a person is recorded, though all else of the request is undone."""

import json
from uuid import UUID

import pytest

from backend.files import operations as files
from backend.files.owners import Owner
from backend.identity import sessions, staff
from backend.staff_api import persons, window_cases
from config import clock
from config.database import connection
from config.settings import settings
from models import Audience, Case, Role
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, an_actor
from tests.backend.files.pictures import PDF
from tests.backend.identity.factories import ID_NUMBER
from tests.serving import served

PAPERS = ("id_card", "household_register", "economic_check_authorisation")
WHO = {"id_number": ID_NUMBER, "community_code": COMMUNITY, "checked": "id_card"}


@pytest.mark.usefixtures("city")
async def test_who_is_told_of_a_person_by_a_refusal_is_in_the_access_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(vars(settings()), "identity_url", "")
    clerk = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    token = (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token
    wang = await an_actor()
    paper = await files.upload(Owner("staff", clerk), name="a.pdf", content=PDF, now=clock.now())
    case: dict[str, object] = {
        "item_code": ITEM,
        "person_id": str(wang.person_id),
        "form": FORM,
        "materials": [{"material_code": code, "file_id": str(paper.id)} for code in PAPERS],
        "consent": {"kind": "oral"},
    }
    asked: list[tuple[str, dict[str, object], str]] = [
        ("persons", {"name": "王兰", **WHO}, ""),
        ("persons", {"name": "李兰", **WHO}, "person_differs"),
        ("cases", case, ""),
        ("cases", case, "case_already_open"),
    ]
    people: list[UUID] = []
    async with served([persons.routes, window_cases.routes]) as api:
        for key, (path, body, code) in enumerate(asked):
            url, named = f"/api/v1/staff/{path}", {"Idempotency-Key": str(key)}
            heard = await api.ask("POST", url, body, token=token, **named)
            assert heard.body.get("code", "") == code, heard.body
            people += [UUID(heard.body["id"])] if not code else []

    rows = await connection().execute_query_dict("SELECT * FROM access_log ORDER BY seq")
    told = [
        (row["action"], row["actor_id"], row["object_id"], json.loads(row["details"])["refused"])
        for row in rows
        if "refused" in row["details"]
    ]
    assert told == [
        ("take_in_person", clerk, str(people[0]), "person_differs"),
        ("search_persons", clerk, str(wang.person_id), "case_already_open"),
    ]
    assert await Case.all().count() == 1
