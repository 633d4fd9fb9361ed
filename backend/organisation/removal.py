"""Units that the data files list no more: they end, once nobody depends on them.

Nothing is deleted: what happened there goes on naming them. Listed again, they are valid again.
"""

from collections.abc import Collection
from datetime import date, timedelta

from backend.organisation import statements
from backend.organisation.contents import Contents
from config.database import connection
from models import OrgUnit


async def gone(found: Contents, *, today: date) -> dict[str, str]:
    """The valid units that the files no longer list: names by code."""
    rows = await connection().execute_query_dict(statements.GONE, [list(found.units), today])
    return {row["code"]: row["name"] for row in rows}


async def in_use(units: Collection[str], *, final: Collection[str], today: date) -> list[str]:
    """A sentence for each of the units that has open cases (not in a `final` status) or staff."""
    given = [list(units), list(final), today]
    rows = await connection().execute_query_dict(statements.IN_USE, given) if units else []
    return [sentence for row in rows for sentence in _sentences(**row)]


def _sentences(*, code: str, name: str, cases: int, staff: int) -> list[str]:
    where = f"{code} {name} 已不在数据文件中 / is no longer listed"
    told = []
    if cases:
        told.append(
            f"{where}: 尚有在办办件 {cases} 件，请先办结，或将该单位放回文件"
            f" / open cases: {cases}; finish them first, or list the unit again."
        )
    if staff:
        told.append(
            f"{where}: 尚有工作人员 {staff} 人，请先执行 yikou staff end --post"
            f" / staff: {staff}; end their posts first by 'yikou staff end --post'."
        )
    return told


async def end(units: Collection[str], *, today: date) -> None:
    """Let them be valid to yesterday, so that nobody finds or chooses them from now on."""
    yesterday = today - timedelta(days=1)
    await OrgUnit.filter(code__in=list(units)).update(valid_to=yesterday)
