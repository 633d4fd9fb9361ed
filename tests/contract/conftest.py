"""Fixtures of the contract's tests."""

from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from backend.identity import accounts
from config.settings import settings
from config.vault import sealed
from models import Role, uuid7
from sandbox.users import create
from tests.contract.home import Home, a_home
from tests.contract.rows import behind
from tests.live import Live

WORKING = (Role.CLERK, Role.REVIEWER, Role.APPROVER)


@pytest.fixture(scope="session")
async def foreign_staff(live: Live) -> list[str]:
    """Sandbox users who hold every working role in another district: below, beside and above.

    The last one sits in the home district, in a department that has no part in the home's item.
    """
    connection = await behind(live)
    rows = await connection.fetch(
        "SELECT code, level FROM org_unit WHERE code ~ '^210103' ORDER BY code"
    )
    places = [
        next(row["code"] for row in rows if row["level"] == level)
        for level in ("community", "street", "department", "district")
    ]
    neighbour = await connection.fetchval(
        "SELECT code FROM org_unit WHERE code LIKE '210102-%' AND code <> '210102-MZ'"
        " ORDER BY code LIMIT 1"
    )
    users = [f"foreign-{unit}" for unit in (*places, neighbour)]
    for user, unit in zip(users, (*places, neighbour), strict=True):
        staff_id = uuid7()
        name = sealed.seal("staff", staff_id, column="name", text=user)
        account = accounts.hashed(create(user, settings().wechat_appid).openid)
        now = datetime.now(UTC)
        await connection.execute(
            "INSERT INTO staff (id, created_at, name_sealed, openid_hash, active)"
            " VALUES ($1, $2, $3, $4, true)",
            *(staff_id, now, name, account),
        )
        await connection.executemany(
            "INSERT INTO post (id, created_at, staff_id, unit_id, role)"
            " VALUES ($1, $2, $3, $4, $5)",
            [(uuid7(), now, staff_id, unit, role.value) for role in WORKING],
        )
    return users


@pytest.fixture(scope="session")
async def home(live: Live, http: ClientSession, foreign_staff: list[str]) -> Home:
    return await a_home(live, http, foreign_staff)
