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
    told = (await clerk.get(f"/api/v1/staff/cases/{case['id']}"))["timeline"][-1]
    assert (told["action"], told["reason"], told["assigned_to"]) == ("assign", "同事病假", None)
    assert (await clerk.get("/api/v1/staff/messages"))["items"][0]["kind"] == "tasks.unassign"
    assert (await clerk.post(f"{path}/claim"))["assignee"]
    with pytest.raises(Refused) as refused:
        await supervisor.post(f"{path}/release", {"reason": "长" * 65})
    assert refused.value.status == 422


async def test_a_supervisor_assigns_tasks_and_each_says_what_became_of_it(
    live: Live, http: ClientSession
) -> None:
    resident, clerk, supervisor = (person(live, http, name) for name in ("", "clerk", "supervisor"))
    await resident.register()
    case = await resident.apply("SP-MZ-001")
    for staff in (clerk, supervisor):
        await staff.log_in(staff=True)
    path, me = f"/api/v1/staff/cases/{case['id']}", await clerk.get("/api/v1/staff/me")
    task = (await clerk.get(path))["task"]["id"]
    given = {"task_ids": [task, me["id"]], "staff_id": me["id"], "reason": "由您负责"}

    results = (await supervisor.post(f"{TASKS}/_assign", given))["results"]

    assert [(each["id"], each["status"]) for each in results] == [
        (task, "assigned"),
        (me["id"], "refused"),
    ]
    assert results[1]["problem"] == {"code": "task_not_found", "detail": "没有找到这个任务"}
    shown = await clerk.get(path)
    last = shown["timeline"][-1]
    assert (last["action"], last["reason"], last["assigned_to"]) == ("assign", "由您负责", me["id"])
    assert shown["task"]["assignee"] == me["id"]
    assert "分派" not in str(await resident.get(f"/api/v1/cases/{case['id']}"))
    inbox = await clerk.get("/api/v1/staff/messages")
    assert inbox["items"][0]["kind"] == "tasks.assign"
    with pytest.raises(Refused) as refused:
        await clerk.post(f"{TASKS}/_assign", given)
    assert (refused.value.status, refused.value.code) == (403, "role_missing")
