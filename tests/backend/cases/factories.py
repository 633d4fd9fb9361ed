"""Cases in any state, and the people around them; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from backend.cases.reading import queries
from backend.cases.record import forms, numbers
from backend.cases.record.snapshot import Snapshot
from backend.catalogue import queries as catalogue
from backend.files import names
from backend.identity.actors import PostView, ResidentActor, StaffActor
from backend.organisation import queries as organisation
from config import clock
from config.vault import sealed
from models import (
    Assurance,
    Case,
    CaseEvent,
    CaseForm,
    CaseStatus,
    FiledBy,
    ItemVersion,
    Person,
    Role,
    ServiceItem,
    Staff,
    StoredFile,
    Task,
    VersionStatus,
    uuid7,
)
from tests import stage
from tests.accounts import an_account

ITEM = "SP-MZ-001"
COMMUNITY = "210102001001"
ELSEWHERE = "210103005001"
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
QUERY_CODE = "123456"
FORM: dict[str, Any] = {
    "applicant": {"address": "沈阳市和平区浑河湾街道1号"},
    "household": {"members": []},
    "income": {"monthly_total": 600},
    "property": {"deposits": 0, "homes": 0, "vehicles": 0, "business": False},
    "bank_account": {"bank": "盛京银行", "number": "6217000000000000001"},
    "declaration": {"truthful": True},
    "reason": "收入低于标准",
    "household_registration": "urban",
}
_serial = count(1)


async def an_actor(
    *, assurance: Assurance = Assurance.REAL_NAME, person: Person | None = None
) -> ResidentActor:
    """A resident of the first community, with all that the profile may hold."""
    number = next(_serial)
    known = {"person_id": person.id} if person else {}
    resident = await an_account(
        f"case-openid-{number}",
        assurance=assurance,
        community_id=COMMUNITY,
        **known,
    )
    return ResidentActor(id=resident.id, session_id=uuid7(), person_id=resident.person_id)


async def a_file(owner: ResidentActor) -> UUID:
    """An uploaded file of this resident."""
    file_id = uuid7()
    key = file_id.hex
    stored = await StoredFile.create(
        id=file_id,
        resident_id=owner.id,
        key=key,
        name_sealed=names.sealed_name(file_id, "材料.jpg"),
        name_hash="",
        media_type="image/jpeg",
        size=1,
        sha256=key,
        created_at=clock.now(),
    )
    return stored.id


async def an_item(like: str, **changes: Any) -> str:
    """The code of a new item whose version differs from that of another in these columns."""
    known = await ItemVersion.get(item_id=like, status=VersionStatus.PUBLISHED)
    [values] = await ItemVersion.filter(id=known.id).values()
    department = (await ServiceItem.get(code=like).prefetch_related("department")).department
    item = await ServiceItem.create(code=f"{like}-{next(_serial)}", department=department)
    await ItemVersion.create(**values | {"id": uuid7(), "item_id": item.code} | changes)
    await catalogue.load()
    return item.code


async def staff(*posts: tuple[str, Role]) -> StaffActor:
    """A staff member with these posts."""
    person = await Staff.create(name_sealed=b"", created_at=NOW)
    held = [(organisation.unit(code), role) for code, role in posts]
    return StaffActor(
        id=person.id,
        session_id=uuid7(),
        posts=tuple(
            PostView(
                role=role,
                unit_code=unit.code,
                unit_name=unit.name,
                level=unit.level,
                path=unit.path,
                department_code=unit.department_code,
                since=NOW,
            )
            for unit, role in held
        ),
    )


async def a_case(
    status: CaseStatus = CaseStatus.SUBMITTED,
    *,
    step: int = 1,
    item_code: str = ITEM,
    by: ResidentActor | None = None,
) -> Snapshot:
    """A case that stands at this status and step, with one event and one open task."""
    item = await catalogue.current(item_code)
    applicant = by or await an_actor()
    community = organisation.community(COMMUNITY, on=NOW.date())
    holder = organisation.step_unit(item.route[step - 1], COMMUNITY, item.department_code)
    accepted = NOW if status not in {CaseStatus.SUBMITTED, CaseStatus.DECLINED} else None
    case_id = uuid7()
    case = await Case.create(
        id=case_id,
        number=await numbers.next_number(COMMUNITY, NOW.date()),
        resident_id=applicant.id,
        subject_id=applicant.person_id,
        filed_by=FiledBy.ACCOUNT,
        filed_by_id=applicant.id,
        item_id=item.code,
        item_version_id=item.id,
        community_id=COMMUNITY,
        community_path=community.path,
        department_unit_id=organisation.department_unit(item, COMMUNITY).code,
        status=status,
        resume_status=CaseStatus.SUBMITTED if status is CaseStatus.SUPPLEMENT_REQUESTED else None,
        step=step,
        holder_id=holder.code,
        holder_since=NOW,
        submitted_at=NOW,
        accepted_at=accepted,
        notice_due_at=NOW + timedelta(days=7),
        query_code_sealed=sealed.seal("case", case_id, column="query_code", text=QUERY_CODE),
        created_at=NOW,
    )
    form_id = uuid7()
    await CaseForm.create(
        id=form_id,
        created_at=NOW,
        case_id=case_id,
        no=1,
        actor="resident",
        actor_id=applicant.id,
        form_sealed=forms.sealed(FORM, form_id),
    )
    await CaseEvent.create(
        case_id=case.id,
        seq=1,
        action="submit",
        actor="resident",
        actor_id=applicant.id,
        after=CaseStatus.SUBMITTED,
        step=1,
        unit_id=holder.code,
        created_at=NOW,
    )
    await Task.create(
        case_id=case.id, step=step, unit_id=holder.code, role=Role.CLERK, created_at=NOW
    )
    return await queries.one(case.id)


async def at_a_window(case: Snapshot, clerk: StaffActor) -> Snapshot:
    """The case as a window files it for a person, whatever accounts they have."""
    handed_in = {"actor": "staff", "actor_id": clerk.id}
    async with stage.owner() as owner:
        await owner.execute("SET session_replication_role = replica")
        for table in ("case_event", "case_form"):
            await owner.execute(
                f"UPDATE {table} SET actor = $1, actor_id = $2 WHERE case_id = $3",
                *handed_in.values(),
                case.id,
            )
    await Case.filter(id=case.id).update(
        resident_id=None,
        filed_by=FiledBy.STAFF,
        filed_by_id=clerk.id,
        received_unit_id=case.holder_code,
    )
    return await queries.one(case.id)
