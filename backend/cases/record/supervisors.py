"""Who is told as the supervisor of a unit."""

from datetime import date

from backend.cases.record import statements
from config.database import connection
from models import Role
from notifications.telling.recipients import UnitRole


async def above(path: str, *, on: date) -> list[UnitRole]:
    """The supervisors of the unit at this path or, where there are none, next above; or nobody."""
    given = [path.split("/")[::-1], on]
    rows = await connection().execute_query_dict(statements.SUPERVISED, given)
    return [UnitRole(row["code"], Role.SUPERVISOR) for row in rows]
