"""Units that the data files list no more: they end, once nobody depends on them.

Nothing is deleted: what happened there goes on naming them. Listed again, they are valid again.
"""

from collections.abc import Collection
from datetime import date, timedelta

from backend.organisation.contents import Contents
from config.database import connection
from models import OrgUnit

_GONE = """
SELECT code, name FROM org_unit
WHERE code <> ALL($1::text[]) AND coalesce(valid_to >= $2::date, true) ORDER BY code
"""
_IN_USE = """
WITH gone AS (SELECT code, name FROM org_unit WHERE code = ANY($1::text[])),
held AS (
    SELECT g.code, count(DISTINCT c.id) AS cases
    FROM gone g JOIN "case" c ON g.code IN (c.community_id, c.holder_id, c.department_unit_id)
    WHERE c.status <> ALL($2::text[]) GROUP BY g.code
), posted AS (
    SELECT p.unit_id AS code, count(DISTINCT p.staff_id) AS staff
    FROM post p JOIN staff s ON s.id = p.staff_id AND s.left_at IS NULL
    WHERE p.unit_id = ANY($1::text[]) AND coalesce(p.valid_to >= $3::date, true) GROUP BY p.unit_id
)
SELECT code, name, coalesce(cases, 0) AS cases, coalesce(staff, 0) AS staff
FROM gone LEFT JOIN held USING (code) LEFT JOIN posted USING (code)
WHERE cases > 0 OR staff > 0 ORDER BY code
"""


async def gone(found: Contents, *, today: date) -> dict[str, str]:
    """The valid units that the files no longer list: names by code."""
    rows = await connection().execute_query_dict(_GONE, [list(found.units), today])
    return {row["code"]: row["name"] for row in rows}


async def in_use(units: Collection[str], *, final: Collection[str], today: date) -> list[str]:
    """A sentence for each of the units that has open cases (not in a `final` status) or staff."""
    given = [list(units), list(final), today]
    rows = await connection().execute_query_dict(_IN_USE, given) if units else []
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
