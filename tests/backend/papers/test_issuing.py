"""Which papers a case has, what they say, and that each is issued once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tortoise.exceptions import BaseORMException

from backend.cases.acts import accept, decide, deliver, notice, review
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries as cases
from backend.cases.record.snapshot import Snapshot
from backend.errors import Conflict
from backend.files import store
from backend.identity.actors import StaffActor
from backend.papers import drawing, operations, queries
from backend.papers.record import Issued
from backend.papers.refusals import PaperRevoked, PapersBusy
from config.database import connection
from config.errors import StartError
from miniprogram_api.process import redrawing
from models import (
    CaseMaterial,
    Flow,
    Paper,
    PaperKind,
    PaperSeries,
    Role,
    StoredFile,
)
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, a_file, an_actor, staff
from tests.backend.cases.test_walk import ITEMS
from tests.backend.papers import printed

K = PaperKind
RIVALS = 10


async def issue(case: Snapshot, kind: PaperKind, by: StaffActor | None = None) -> Issued:
    paper, _ = await operations.issue(await cases.one(case.id), kind, staff=by, now=NOW)
    return paper


async def said(paper: Issued) -> str:
    return printed.text(await bytes_of(paper))


async def bytes_of(paper: Issued) -> bytes:
    return await store.get((await StoredFile.get(id=paper.file_id)).key)


async def decided(outcome: Any, opinion: str) -> Snapshot:
    case = await a_case()
    clerk = await staff((COMMUNITY, Role.CLERK))
    reviewer = await staff(("210102001000", Role.REVIEWER))
    approver = await staff(("210102-MZ", Role.APPROVER))
    await accept.accept(case.id, by=clerk, seen=1, now=NOW, note="内部备注")
    for seen, by in ((2, clerk), (3, reviewer)):
        await review.pass_step(case.id, by=by, seen=seen, now=NOW, opinion="内部意见")
    later = NOW + timedelta(days=1)
    await decide.decide(case.id, by=approver, seen=4, now=later, outcome=outcome, opinion=opinion)
    await deliver.deliver(
        case.id, by=approver, seen=5, now=later + timedelta(days=1), method="pickup", note=None
    )
    return await cases.one(case.id)


async def test_a_denial_has_its_papers_with_reasons_and_remedies(city: None) -> None:
    case = await decided("denied", "收入高于标准；\n名下有两套房。")

    kinds = (K.DECISION, K.RECEIPT, K.ACCEPTANCE, K.PROOF_OF_SERVICE)
    decision, receipt, accepted, served = [await said(await issue(case, each)) for each in kinds]

    for text in (
        "沈阳市和平区民政局不予行政给付决定书沈和民决字〔2026〕第000001号",
        "您于2026年3月9日提出的“最低生活保障审核确认”申请，已于2026年3月9日受理",
        "理由：收入高于标准；名下有两套房。",
        "申请行政复议沈阳市和平区人民政府自收到本文书之日起六十日内",
        "提起行政诉讼沈阳市和平区人民法院自收到本文书之日起六个月内",
        "于2026年3月10日收到的，申请行政复议的最后一日为2026年5月9日，提起行政诉讼的最后一日为2026年9月10日",
    ):
        assert text in decision
    assert "收件凭证沈和社收字〔2026〕第000001号" in receipt
    assert f"办件编号{case.number}查询码123456" in receipt
    # 25 and 30 working days after Monday 9 March 2026; 清明节 takes the 4th to the 6th of April.
    assert "承诺办结日期2026年4月14日法定办结日期2026年4月21日" in accepted
    assert "送达文书不予行政给付决定书（沈和民决字〔2026〕第000001号）" in served
    assert "送达方式自取送达日期2026年3月11日" in served
    assert "自2026年3月11日送达起算" in served
    assert "最后一日为2026年5月10日（向沈阳市和平区人民政府提出）" in served
    for text in (decision, receipt, accepted, served):
        assert "内部" not in text


async def test_an_approval_says_so_and_each_paper_is_issued_once(city: None) -> None:
    case = await decided("approved", "同意")

    first, made = await operations.issue(case, K.PROOF_OF_SERVICE, staff=None, now=NOW)
    second, again = await operations.issue(case, K.PROOF_OF_SERVICE, staff=None, now=NOW)
    decision = await issue(case, K.DECISION)

    assert first == second
    assert (made, again) == ([decision.number, first.number], [])
    assert "准予行政给付决定书" in await said(decision)
    assert "同意" not in await said(decision)
    issued = await queries.of_case(case.id)
    assert [paper.kind for paper in issued] == [K.DECISION, K.PROOF_OF_SERVICE]
    assert {each.kind for each in queries.available(case, issued, staff=None)} == {
        K.RECEIPT,
        K.ACCEPTANCE,
    }


async def test_a_receipt_lists_what_was_handed_in_then(city: None) -> None:
    owner = await an_actor()
    case, file_id = await a_case(by=owner), await a_file(owner)
    for code, at, gone in (("id_card", NOW, True), ("household_register", NOW, False)):
        await CaseMaterial.create(
            case_id=case.id,
            code=code,
            file_id=file_id,
            created_at=at,
            superseded_at=NOW + timedelta(days=2) if gone else None,
        )
    later = NOW + timedelta(days=2)
    await CaseMaterial.create(
        case_id=case.id, code="dibao_application", file_id=file_id, created_at=later
    )

    text = await said(await issue(case, K.RECEIPT))

    assert "收到的材料序号材料名称份数1居民身份证1份2居民户口簿1份凭办件编号" in text


async def test_a_notice_names_materials_and_fields_and_each_has_its_own(city: None) -> None:
    case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
    defects = [
        Defect(material_code="id_card", reason="照片模糊"),
        Defect(field="reason", reason="请写明𠮷家情况"),
    ]
    await notice.request_supplement(
        case.id, by=clerk, seen=1, now=NOW, defects=defects, note="内部", override_reason=None
    )

    text = await said(await issue(case, K.SUPPLEMENT_NOTICE))

    assert "1居民身份证照片模糊2申请内容：申请理由请写明𠮷家情况您可以" in text
    assert "请在此日前补正2026年" in text


@pytest.mark.parametrize("flow", ITEMS)
async def test_each_flow_has_its_papers(city: None, flow: Flow) -> None:
    case, clerk = await a_case(item_code=ITEMS[flow]), await staff((COMMUNITY, Role.CLERK))
    expected = {
        Flow.APPROVAL: ("收件凭证", "不予受理通知书"),
        Flow.REQUEST: ("收件凭证", "不予受理告知书"),
        Flow.ENROL: ("报名凭证", None),
    }[flow]
    said_why = {"reason": "不归我们管", "go_to": "街道"}
    await accept.decline(case.id, by=clerk, seen=1, now=NOW, **said_why)

    receipt = await issue(case, K.RECEIPT)
    assert receipt.title == expected[0]
    if expected[1] is None:
        with pytest.raises(Conflict, match="不能出具"):
            await issue(case, K.NON_ACCEPTANCE)
        return
    text = await said(await issue(case, K.NON_ACCEPTANCE))
    assert expected[1] in text
    assert "理由：不归我们管" in text
    assert "街道提出" in text or "街道反映" in text
    assert ("行政复议" in text) == (flow is Flow.APPROVAL)


async def test_a_request_is_accepted_by_who_dispatched_it(city: None) -> None:
    case, clerk = await a_case(item_code=ITEMS[Flow.REQUEST]), await staff((COMMUNITY, Role.CLERK))
    await accept.dispatch(case.id, by=clerk, seen=1, now=NOW, to_step=None, note=None)

    paper = await issue(case, K.ACCEPTANCE)

    assert paper.title == "受理告知书"
    assert paper.unit_code == COMMUNITY


async def test_of_rivals_one_issues_and_the_numbers_have_no_gap(city: None) -> None:
    one, other = await a_case(), await a_case()

    done = await asyncio.gather(
        *(operations.issue(case, K.RECEIPT, staff=None, now=NOW) for case in [one, other] * RIVALS)
    )

    assert sum(len(issued) for _, issued in done) == 2
    assert len({paper.id for paper, _ in done}) == 2
    assert {paper.number for paper in await Paper.all()} == {
        "沈和社收字〔2026〕第000001号",
        "沈和社收字〔2026〕第000002号",
    }
    assert (await PaperSeries.get(name="沈和社收字〔2026〕")).newest == 2
    assert await StoredFile.filter(unit_id=COMMUNITY).count() == 2


async def test_a_lost_paper_is_made_again_from_what_was_kept(city: None) -> None:
    paper, other = [await issue(await a_case(), K.RECEIPT) for _ in range(2)]
    issued = await bytes_of(paper)
    assert paper.key
    nothing = await operator(None, missing=True)

    await store.delete([paper.key])
    told = await operator(None, missing=True)

    assert nothing == "没有缺失的文书文件 / No paper's file is missing."
    assert told == f"{paper.number} 已重新生成 / is drawn again."
    assert await bytes_of(paper) == issued
    assert await operator(other.number, missing=False) == told.replace(paper.number, other.number)


async def test_a_lost_paper_is_never_replaced_by_another(
    city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await not_drawn(await a_case(), monkeypatch)
    paper = await issue(await a_case(), K.RECEIPT)
    assert paper.key
    await store.delete([paper.key])
    await StoredFile.filter(id=paper.file_id).update(sha256="x")

    for number, missing, told in (
        (None, True, "restore it from a backup"),
        (waiting.number, False, "was never drawn"),
        ("社收字", False, "no paper of this number"),
        (None, False, "--missing"),
    ):
        with pytest.raises(StartError, match=told):
            await operator(number, missing=missing)
    assert not await store.holds(paper.key, 1)


async def operator(number: str | None, *, missing: bool) -> str:
    return await redrawing.redraw(number, missing=missing, now=NOW)


async def test_one_that_was_written_and_not_drawn_is_drawn_when_asked_for(
    city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await a_case()
    waiting = await not_drawn(case, monkeypatch)

    paper = await issue(case, K.RECEIPT)

    assert (paper.id, paper.number) == (waiting.id, waiting.number)
    assert paper.file_id is not None


async def test_one_that_is_revoked_while_it_is_drawn_gets_no_file(
    city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, above = await a_case(), await staff((COMMUNITY, Role.SUPERVISOR))
    waiting = await not_drawn(case, monkeypatch)
    await operations.revoke(case, waiting.id, by=above, reason="姓名有误", now=NOW)

    with pytest.raises(PaperRevoked):
        await operations.drawn(waiting, now=NOW)

    assert (await Paper.get(id=waiting.id)).file_id is None
    assert not await StoredFile.exists()


async def not_drawn(case: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Issued:
    """A receipt that is written, for which nobody could be found to draw it."""
    with monkeypatch.context() as busy:
        busy.setattr(drawing.places, "most", 0)
        with pytest.raises(PapersBusy):
            await issue(case, K.RECEIPT)
    [waiting] = await queries.of_case(case.id)
    assert waiting.file_id is None
    return waiting


@pytest.mark.parametrize(
    "change",
    ["UPDATE paper SET number = 'x'", "UPDATE paper SET file_id = NULL", "DELETE FROM paper"],
)
async def test_a_paper_is_never_rewritten(city: None, change: str) -> None:
    await issue(await a_case(), K.RECEIPT)

    with pytest.raises(BaseORMException):
        await connection().execute_query_dict(f"{change} RETURNING 1")
