from uuid import UUID

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.contract.rows import behind
from tests.live import Live
from tests.people import person

TASKS = "/api/v1/staff/tasks"


async def test_a_supervisor_gives_a_colleagues_task_back_which_is_recorded_with_the_reason(
    live: Live, http: ClientSession
) -> None:
    resident, clerk, supervisor = (person(live, http, name) for name in ("", "clerk", "supervisor"))
    await resident.register()
    case = await resident.apply("SP-MZ-001")
    for staff in (clerk, supervisor):
        await staff.log_in(staff=True)
    listed = (await clerk.get(f"{TASKS}?limit=100"))["items"]
    task = next(task for task in listed if task["case"]["id"] == case["id"])
    path = f"{TASKS}/{task['id']}"
    assert (await clerk.post(f"{path}/claim"))["assignee"]

    released = await supervisor.post(f"{path}/release", {"reason": "同事病假"})

    assert released["assignee"] is None
    connection = await behind(live)
    row = await connection.fetchrow(
        "SELECT purpose, details::text FROM access_log WHERE action = 'release_task'"
        " AND resident_id = $1",
        UUID((await resident.get("/api/v1/me"))["id"]),
    )
    assert row["purpose"] == "同事病假"
    assert "claimed_by" in row["details"]
    assert (await clerk.post(f"{path}/claim"))["assignee"]
    with pytest.raises(Refused) as refused:
        await supervisor.post(f"{path}/release", {"reason": "长" * 65})
    assert refused.value.status == 422
