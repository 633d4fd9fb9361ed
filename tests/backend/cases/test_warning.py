"""Applicants are warned once of what is soon due, and not of what they answered."""

import asyncio
from datetime import timedelta

import pytest

from backend.cases.acts import notice, warning, withdraw
from backend.cases.acts.notice import Defect
from backend.cases.record.snapshot import Snapshot
from models import Case, Delivery, Message, Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, an_actor, staff

pytestmark = pytest.mark.usefixtures("city")
RIVALS = 8
KIND = "case.supplement_due"


async def asked(case: Snapshot) -> Case:
    """The case, whose applicant was just asked for something."""
    await notice.request_supplement(
        case.id,
        by=await staff((COMMUNITY, Role.CLERK)),
        seen=case.version,
        now=NOW,
        defects=[Defect(material_code="id_card", reason="照片模糊")],
        note=None,
        override_reason=None,
    )
    return await Case.get(id=case.id)


async def test_rivals_warn_each_applicant_once_two_days_before() -> None:
    cases = [await asked(await a_case()) for _ in range(3)]
    moment = cases[0].warn_at
    assert moment

    assert await warning.warn(now=moment - timedelta(seconds=1)) == 0
    found = await asyncio.gather(*(warning.warn(now=moment) for _ in range(RIVALS)))

    assert sum(found) == 3
    told = await Message.filter(kind=KIND)
    assert sorted(message.case_id for message in told) == sorted(case.id for case in cases)  # type: ignore[attr-defined]
    copy = await Delivery.get(message=told[0])
    assert f"请在{moment.year}年" in told[0].body
    assert (copy.template, copy.data["thing5"]) == ("action_needed", "即将到期，请点开在线补交")


async def test_who_withdrew_is_not_warned() -> None:
    applicant = await an_actor()
    case = await asked(await a_case(by=applicant))
    await withdraw.withdraw(case.id, by=applicant, now=NOW, reason=None)

    assert await warning.warn(now=NOW + timedelta(days=60)) == 0
    assert (await Case.get(id=case.id)).warn_at is None
