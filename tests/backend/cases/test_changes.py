"""What somebody is told of who decides on an older version than the present one."""

from datetime import timedelta
from typing import Any

import pytest

from backend.cases.acts import accept, note, notice, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.refusals import VersionStale
from config import encoding
from models import CaseMaterial, Role
from tests.backend.cases.factories import COMMUNITY, FORM, NOW, a_case, a_file, an_actor, staff

PAPERS = ("id_card", "household_register", "economic_check_authorisation")


async def test_a_stale_decision_is_told_which_fields_and_papers_came_since(city: None) -> None:
    by, clerk = await an_actor(), await staff((COMMUNITY, Role.CLERK))
    case = await a_case(by=by)
    for code in PAPERS:
        await CaseMaterial.create(
            case_id=case.id, code=code, file_id=await a_file(by), created_at=NOW
        )
    later = [NOW + timedelta(hours=hours) for hours in range(3)]
    defects = [
        Defect(material_code="id_card", reason="模糊"),
        Defect(field="reason", reason="不清"),
    ]
    asked: dict[str, Any] = {"defects": defects, "note": None, "override_reason": None}
    await notice.request_supplement(case.id, by=clerk, seen=1, now=later[0], **asked)
    await note.note(case.id, by=clerk, now=later[0], text="电话问过")
    form = FORM | {"reason": "一个新的理由", "income": FORM["income"] | {"monthly_total": 500}}
    papers = [("id_card", await a_file(by))]
    await supplement.supplement(case.id, by=by, now=later[1], form=form, materials=papers)

    with pytest.raises(VersionStale) as refused:
        await accept.accept(case.id, by=clerk, seen=1, now=later[2], note=None)

    changes = list(refused.value.changes or [])
    assert [(each["action"], each["at"]) for each in changes] == [
        ("request_supplement", later[0]),
        ("supplement", later[1]),
    ]
    assert (changes[0]["fields"], changes[0]["materials"]) == ([], [])
    assert {"income.monthly_total", "reason"} <= {*changes[1]["fields"]}
    assert "property.homes" not in changes[1]["fields"]
    assert changes[1]["materials"] == [{"code": "id_card", "name": "居民身份证"}]
    assert "一个新的理由" not in encoding.dumps(changes).decode()
    with pytest.raises(VersionStale) as refused:
        await accept.accept(case.id, by=clerk, seen=2, now=later[2], note=None)
    assert [each["action"] for each in refused.value.changes or []] == ["supplement"]
    version = (await queries.one(case.id)).version
    await accept.accept(case.id, by=clerk, seen=version, now=later[2], note=None)
