"""A little of everything, made by the operations themselves, so that every check finds it sound."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

import orjson

from backend import real_names
from backend.appointments.acts import cancelling, moving
from backend.cases.acts import accept, decide, notice, review, submit, supplement, withdraw
from backend.cases.acts.notice import Defect
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.drafts import drafts
from backend.drafts.drafts import Content
from backend.files import operations as files
from backend.files.owners import Owner
from backend.idempotency import keys
from backend.identity import sessions
from backend.identity.actors import ResidentActor, StaffActor
from backend.messages import operations as messages
from backend.papers import operations as issuing
from config import clock
from config.vault import sealed
from models import Assurance, Audience, Message, PaperKind, Post, Resident, Role, Staff
from notifications.channels.wechat import credit
from tests import phones
from tests.backend.appointments import factories as booking
from tests.backend.cases.factories import FORM, ITEM, NOW, an_actor, staff
from tests.backend.files.pictures import PDF
from tests.backend.identity.factories import ID_NUMBER, OTHER_ID_NUMBER

PAPERS = ("id_card", "household_register", "economic_check_authorisation")
TEMPLATE = "case_progress"


async def play() -> None:
    """One case from submission to decision, one withdrawn, one just filed; visits, credits."""
    wang, li = await known("王秀英", ID_NUMBER), await known("李建国", OTHER_ID_NUMBER)
    withdrawn = await _submitted(wang)
    await withdraw.withdraw(withdrawn, by=wang, now=NOW, reason=None)
    await _decided(await _submitted(wang), wang)
    filed = await _submitted(li)
    await _visits(li, filed)
    begun = Content(item_code=ITEM, form=FORM, materials=[])
    await drafts.save(uuid4(), begun, resident_id=li.id, seen=0, now=clock.now())
    for template in (TEMPLATE, TEMPLATE):
        await credit.hint(li.id, template, now=clock.now())
    await credit.refuse(li.id, TEMPLATE, at=NOW, now=clock.now())
    await credit.hint(li.id, TEMPLATE, now=clock.now())
    await credit.grant(li.id, TEMPLATE, now=clock.now())
    granted = await sessions.start(Audience.RESIDENT, wang.id, now=clock.now())
    await sessions.refresh(
        granted.refresh_token, audience=Audience.RESIDENT, render=_rendered, now=clock.now()
    )
    ended = await sessions.start(Audience.RESIDENT, li.id, now=clock.now())
    await sessions.end(ended.claims.session)


async def _rendered(_granted: object) -> bytes:
    return b""


async def known(name: str, id_number: str) -> ResidentActor:
    actor = await an_actor(assurance=Assurance.WECHAT)
    # The sandbox, which says who they are.
    async with phones.connected():
        await real_names.confirm(actor.id, name=name, id_number=id_number, now=clock.now())
    return booking.actor_of(await Resident.get(id=actor.id))


async def _submitted(by: ResidentActor) -> UUID:
    paper = await files.upload(
        Owner("resident", by.id), name="paper.pdf", content=PDF, now=clock.now()
    )
    answer = await submit.submit(
        Application(item_code=ITEM, form=FORM, materials=[(code, paper.id) for code in PAPERS]),
        resident_id=by.id,
        now=NOW,
        once=keys.once(
            f"resident:{by.id}", secrets.token_hex(4), method="POST", path="/cases", body=b""
        ),
        render=lambda case: orjson.dumps({"id": str(case.id)}),
    )
    return UUID(orjson.loads(answer)["id"])


async def _decided(case_id: UUID, by: ResidentActor) -> None:
    clerk = await _staff(Role.CLERK, case_id)
    await _read(case_id, clerk)
    paper = await files.upload(
        Owner("resident", by.id), name="again.pdf", content=PDF, now=clock.now()
    )
    defects = [Defect(material_code="id_card", reason="照片模糊")]
    await notice.request_supplement(
        case_id, by=clerk, seen=1, now=NOW, defects=defects, note=None, override_reason=None
    )
    later = NOW + timedelta(days=1)
    papers = [("id_card", paper.id)]
    await supplement.supplement(case_id, by=by, now=later, form=FORM, materials=papers)
    await accept.accept(case_id, by=clerk, seen=3, now=later, note=None)
    await review.pass_step(case_id, by=clerk, seen=4, now=later, opinion="同意")
    reviewer = await _staff(Role.REVIEWER, case_id)
    await review.pass_step(case_id, by=reviewer, seen=5, now=later, opinion="同意")
    approver = await _staff(Role.APPROVER, case_id)
    await decide.decide(
        case_id, by=approver, seen=6, now=later, outcome="approved", opinion="符合条件"
    )
    case = await queries.one(case_id)
    for kind in (PaperKind.RECEIPT, PaperKind.DECISION):
        issued, _ = await issuing.issue(case, kind, staff=approver, now=later)
    await issuing.revoke(case, issued.id, by=approver, reason="姓名有误", now=later)
    await issuing.issue(case, PaperKind.DECISION, staff=approver, now=later)


async def _read(case_id: UUID, by: StaffActor) -> None:
    """The clerk holds the post in the database too, and has read of the case."""
    post = by.posts[0]
    await Post.create(staff_id=by.id, unit_id=post.unit_code, role=post.role, created_at=post.since)
    told = await Message.get(case_id=case_id, kind="staff.submit")
    await messages.read_by_staff(told.id, by=by, now=NOW)


async def _staff(role: Role, case_id: UUID) -> StaffActor:
    case = await queries.one(case_id)
    actor = await staff((case.holder_code, role))
    name = sealed.seal("staff", actor.id, column="name", text="张明")
    await Staff.filter(id=actor.id).update(name_sealed=name)
    return actor


async def _visits(by: ResidentActor, case_id: UUID) -> None:
    office = await booking.an_office()
    first, second = [await booking.a_slot(office, capacity=2) for _ in range(2)]
    other = await booking.book(first.id, by=by)
    await cancelling.cancel(other.id, by=by, reason="临时有事", now=clock.now())
    about = await booking.book(first.id, by=by, case_id=case_id)
    # With another account of the same person.
    new_phone = await known("李建国", OTHER_ID_NUMBER)
    await moving.reschedule(about.id, by=new_phone, slot_id=second.id, now=clock.now())
