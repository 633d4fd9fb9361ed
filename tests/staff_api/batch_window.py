"""A window that files batches, as the tests do it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from backend.files import names
from backend.identity import sessions, staff
from config import clock
from miniprogram_api import server
from models import Audience, Role, StoredFile, uuid7
from sandbox.actors import id_number
from tests.backend.cases.factories import COMMUNITY
from tests.serving import Heard, Served, served

PATH, ITEM = "/api/v1/staff/cases/_batch", "SP-MZ-010"
PAPERS = ("id_card", "household_register", "bank_card")
FORM = {
    "bank_account": {"bank": "盛京银行", "number": "6217000000000000001"},
    "declaration": {"truthful": True},
}
BIRTHDAYS = (date(1931, 1, 1) + timedelta(days=number) for number in count())
Row = dict[str, Any]


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api


class Window:
    """A clerk who files batches."""

    def __init__(self, api: Served, staff_id: UUID, token: str) -> None:
        self.api, self.id, self.token = api, staff_id, token

    async def row(self, **changes: Any) -> Row:
        """An elder with the scans of their papers."""
        person = {
            "name": "李秀兰",
            "id_number": id_number(born=next(BIRTHDAYS)),
            "community_code": COMMUNITY,
            "address": "浑河湾街1号",
            "phone": "13900000005",
            "checked": "id_card",
        }
        scan = str(await self.scan())
        papers = [{"material_code": code, "file_id": scan} for code in PAPERS]
        return {"person": person, "form": FORM, "materials": papers} | changes

    async def rows(self, number: int) -> list[Row]:
        return [await self.row() for _ in range(number)]

    async def scan(self) -> UUID:
        file_id = uuid7()
        await StoredFile.create(
            id=file_id,
            staff_id=self.id,
            key=file_id.hex,
            name_sealed=names.sealed_name(file_id, "材料.jpg"),
            name_hash="",
            media_type="image/jpeg",
            size=1,
            sha256=file_id.hex,
            created_at=clock.now(),
        )
        return file_id

    async def file(self, rows: list[Row], *, key: str = "k", **changes: Any) -> Heard:
        body = {"item_code": ITEM, "rows": rows, "dry_run": False} | changes
        headers = {"Idempotency-Key": key}
        return await self.api.ask("POST", PATH, body, token=self.token, **headers)

    async def outcomes(self, rows: list[Row], **changes: Any) -> list[tuple[int, str]]:
        """Status and code of each row."""
        heard = await self.file(rows, **changes)
        assert heard.status == 200, heard.body
        results = heard.body["results"]
        assert [result["row"] for result in results] == [*range(1, len(rows) + 1)]
        return [(each["status"], each.get("problem", {}).get("code", "")) for each in results]


async def at_a_window(api: Served, unit: str) -> Window:
    clerk = await staff.create("李四", posts=[(unit, Role.CLERK)], now=clock.now())
    session = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    return Window(api, clerk, session.access_token)


@pytest.fixture
async def window(api: Served) -> Window:
    return await at_a_window(api, COMMUNITY)
