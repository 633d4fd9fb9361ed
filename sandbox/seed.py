"""`python -m sandbox.seed`: the demo's staff and offices, made once; safe to repeat."""

import asyncio

from backend.appointments.plan import offices, slots
from backend.identity import accounts, staff
from config import clock, database, logging
from config.settings import settings
from models import OrgUnit, Role, Staff, UnitLevel
from sandbox.users import create

CITY = "210100000000"
DISTRICT = "210102000000"
STREET = "210102001000"
COMMUNITY = "210102001001"
NAMES = {
    "clerk": "演示受理员",
    "reviewer": "演示审查员",
    "approver": "演示决定人",
    "supervisor": "演示督办员",
    "admin": "演示管理员",
}
WORKING = (Role.CLERK, Role.REVIEWER, Role.APPROVER)


async def seed() -> None:
    """Open the city's offices for the next 14 days, and bind the demo's staff."""
    await offices.open_offices(now=clock.now())
    await slots.extend(now=clock.now())
    departments = await _departments(DISTRICT) + await _departments(CITY)
    posts: dict[str, list[tuple[str, Role]]] = {
        "clerk": [(COMMUNITY, Role.CLERK)],
        "reviewer": [(STREET, role) for role in WORKING],
        "approver": [(code, Role.APPROVER) for code in departments],
        "supervisor": [(DISTRICT, Role.SUPERVISOR)],
        "admin": [(DISTRICT, Role.ADMIN)],
    }
    for user, held in posts.items():
        await _staff(user, held)


async def _departments(above: str) -> list[str]:
    found = OrgUnit.filter(level=UnitLevel.DEPARTMENT, parent_id=above).order_by("code")
    return [unit.code for unit in await found]


async def _staff(user: str, posts: list[tuple[str, Role]]) -> None:
    """Bind the sandbox's user of this name, whose openid follows from the name."""
    account = accounts.hashed(create(user, settings().wechat_appid).openid)
    if not await Staff.filter(openid_hash=account).exists():
        staff_id = await staff.create(NAMES[user], posts=posts, now=clock.now())
        await Staff.filter(id=staff_id).update(openid_hash=account)


async def main() -> None:
    """Seed the deployment's database."""
    await database.connect()
    try:
        await seed()
    finally:
        await database.disconnect()


if __name__ == "__main__":
    logging.configure("seed")
    asyncio.run(main())
