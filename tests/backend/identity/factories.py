"""People for tests; everything has a default."""

from itertools import count

from backend.identity import sessions, staff
from backend.identity.sessions import Granted
from config import clock
from models import Audience, OrgUnit, Resident, Role, UnitLevel
from tests.accounts import an_account

_number = count(1)

ID_NUMBER = "11010519491231002X"
OTHER_ID_NUMBER = "440524188001010014"


async def a_resident(openid: str = "") -> Resident:
    openid = openid or f"openid-{next(_number)}"
    return await an_account(openid)


async def a_session(resident: Resident | None = None) -> Granted:
    resident = resident or await a_resident()
    return await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())


async def a_staff_session(*posts: tuple[str, Role]) -> Granted:
    """A member of staff with these posts, logged in."""
    member = await staff.create("李四", posts=posts, now=clock.now())
    return await sessions.start(Audience.STAFF, member, now=clock.now())


async def a_community(code: str = "210102001001", **values: object) -> OrgUnit:
    given = {"name": "测试社区", "level": UnitLevel.COMMUNITY, "path": code} | values
    unit = OrgUnit(code=code, **given)
    await unit.save()
    return unit
