"""A case of three weeks around the Spring Festival, replayed: dates and words are of those days."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import accept, decide, notice, review, submit, supplement
from backend.cases.acts.notice import Defect
from backend.cases.acts.submit import Application
from backend.cases.reading import queries, scope
from backend.cases.record.snapshot import Snapshot
from backend.catalogue import queries as catalogue
from backend.identity.actors import ResidentActor, StaffActor
from backend.organisation import queries as organisation
from config.clock import CITY_TIME
from config.database import connection
from models import CaseStatus, Delivery, Message, Task
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, a_file, an_actor, staff

pytestmark = pytest.mark.usefixtures("city")

PAPERS = ("id_card", "household_register", "economic_check_authorisation")
DATED = ("case_event", "case_material", "task", "message", "delivery")


def at(day: str, minute: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{minute}:00").replace(tzinfo=CITY_TIME)


def end_of(day: str) -> datetime:
    return at(day, "23:59") + timedelta(seconds=59)


SUBMITTED = at("02-10", "09:30")
ACCEPTED = at("02-12", "10:00")
ASKED = at("02-25", "15:00")
ANSWERED = at("02-27", "20:15")
PASSED = at("03-02", "09:05")
PASSED_AGAIN = at("03-02", "14:20")
DECIDED = at("03-03", "16:40")
DAYS = [SUBMITTED, ACCEPTED, ASKED, ANSWERED, PASSED, PASSED_AGAIN, DECIDED]


async def an_officer() -> StaffActor:
    """Somebody with every post on the way of the item."""
    item = await catalogue.current(ITEM)
    units = {
        organisation.step_unit(step, COMMUNITY, item.department_code).code for step in item.route
    }
    return await staff(*[(unit, role) for unit in units for role in scope.READERS])


async def filed(by: ResidentActor) -> UUID:
    file_id = await a_file(by)
    application = Application(
        item_code=ITEM, form=FORM, materials=[(code, file_id) for code in PAPERS]
    )
    answer = await submit.submit(
        application,
        resident_id=by.id,
        now=SUBMITTED,
        once=None,
        render=lambda case: str(case.id).encode(),
    )
    return UUID(answer.decode())


async def replayed() -> Snapshot:
    """Each act at its moment, all of them now."""
    by, officer = await an_actor(), await an_officer()
    case_id = await filed(by)

    def seen(version: int, now: datetime) -> dict[str, Any]:
        return {"by": officer, "seen": version, "now": now}

    await accept.accept(case_id, note=None, **seen(1, ACCEPTED))
    missing = [Defect(material_code="household_register", reason="缺少户主页")]
    await notice.request_supplement(
        case_id, defects=missing, note=None, override_reason=None, **seen(2, ASKED)
    )
    paper = [("household_register", await a_file(by))]
    await supplement.supplement(case_id, by=by, now=ANSWERED, form=None, materials=paper)
    await review.pass_step(case_id, opinion="属实", **seen(4, PASSED))
    await review.pass_step(case_id, opinion="同意", **seen(5, PASSED_AGAIN))
    await decide.decide(case_id, outcome="approved", opinion="符合条件", **seen(6, DECIDED))
    return await queries.one(case_id)


async def test_the_limits_end_as_the_calendar_of_those_days_says() -> None:
    case = await replayed()

    assert case.number.startswith("21010220260210")
    assert case.status is CaseStatus.APPROVED
    assert (case.submitted_at, case.accepted_at, case.decided_at) == (SUBMITTED, ACCEPTED, DECIDED)
    assert case.holder_since == PASSED_AGAIN
    # Five, 25 and 30 working days: 14 and 28 February are worked, the 15th to the 23rd are not.
    assert case.notice_due_at == end_of("02-24")
    assert case.promised_due_at == end_of("03-25")
    assert case.statutory_due_at == end_of("04-01")


async def test_each_event_and_each_step_is_of_its_moment() -> None:
    case = await replayed()

    assert [(event.action, event.at) for event in case.events] == [
        ("submit", SUBMITTED),
        ("accept", ACCEPTED),
        ("request_supplement", ASKED),
        ("supplement", ANSWERED),
        ("pass", PASSED),
        ("pass", PASSED_AGAIN),
        ("decide", DECIDED),
    ]
    tasks = await Task.filter(case_id=case.id).order_by("step")
    assert [(task.created_at, task.done_at) for task in tasks] == [
        (SUBMITTED, PASSED),
        (PASSED, PASSED_AGAIN),
        (PASSED_AGAIN, None),
    ]
    # Ten working days to deliver the decision.
    assert tasks[-1].due_at == end_of("03-17")


async def test_each_message_says_the_day_and_the_date_to_watch() -> None:
    case = await replayed()

    told = await Message.filter(case_id=case.id, unit_id=None).order_by("created_at")
    to_units = await Message.filter(case_id=case.id, resident_id=None).order_by("created_at")
    copies = await Delivery.filter(message__case_id=case.id).order_by("created_at")

    assert [message.created_at for message in told] == DAYS
    assert [message.created_at for message in to_units] == [
        SUBMITTED,
        ANSWERED,
        PASSED,
        PASSED_AGAIN,
    ]
    assert [(copy.created_at, copy.expires_at) for copy in copies] == [
        (moment, moment + timedelta(hours=24)) for moment in DAYS
    ]
    dates = [message.body.rpartition("。")[0].rpartition("。")[2] for message in told]
    assert dates == [
        "最晚2026年2月24日答复是否受理",
        "承诺2026年3月25日前办结",
        "请在2026年3月12日前补正",
        "承诺2026年3月25日前办结",
        "承诺2026年3月25日前办结",
        "承诺2026年3月25日前办结",
        "请打开办件，查看结果和领取方式",
    ]
    assert "于2026年3月3日获得通过" in told[-1].body
    # What they did themselves goes nowhere else.
    assert [copy.data.get("time4") for copy in copies] == [
        None,
        "2026-02-12 10:00",
        "2026-03-12 23:59",
        None,
        "2026-03-02 09:05",
        "2026-03-02 14:20",
        "2026-03-03 16:40",
    ]


async def test_no_row_of_the_case_is_of_today() -> None:
    case = await replayed()
    columns = {"delivery": "message_id IN (SELECT id FROM message WHERE case_id = $1)"}
    parts = [
        f"SELECT created_at AS at FROM {table} WHERE {columns.get(table, 'case_id = $1')}"
        for table in DATED
    ]

    rows = await connection().execute_query_dict(
        f'SELECT created_at AS at FROM "case" WHERE id = $1 UNION {" UNION ".join(parts)}',
        [case.id],
    )

    assert {row["at"] for row in rows} == set(DAYS)
