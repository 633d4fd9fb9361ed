"""Cases in any state, and the people around them; a test names only what it is about."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from backend.cases.acts import submit
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.cases.record.filing import new
from backend.cases.record.snapshot import Snapshot
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion as CatalogueItem
from backend.files import names
from backend.identity import profiles
from backend.identity.actors import PostView, ResidentActor, StaffActor
from backend.organisation import queries as organisation
from config import clock
from config.vault import sealed
from models import (
    Assurance,
    Case,
    CaseStatus,
    Delivery,
    FiledBy,
    ItemVersion,
    Message,
    Person,
    Post,
    Role,
    ServiceItem,
    Staff,
    StoredFile,
    VersionStatus,
    uuid7,
)
from tests import stage
from tests.accounts import an_account
from tests.backend.cases import histories

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
# Each case is about something else, so that a person has as many open ones as a test needs.
_objects = (str(number) for number in count())


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
    staff_id = uuid7()
    name = sealed.seal("staff", staff_id, column="name", text="李四")
    person = await Staff.create(id=staff_id, name_sealed=name, created_at=NOW)
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


async def a_colleague(*posts: tuple[str, Role]) -> UUID:
    """Somebody whose posts are rows too, as those who are looked up by others must have."""
    colleague = await staff(*posts)
    for unit, role in posts:
        await Post.create(staff_id=colleague.id, unit_id=unit, role=role, created_at=NOW)
    return colleague.id


def sibling(unit: str) -> str:
    """A unit of another place that does what this one of the first does."""
    if "-" in unit:
        return f"210103{unit[6:]}"
    return "210102002000" if unit.endswith("000") else "210102001002"


async def a_case(
    status: CaseStatus = CaseStatus.SUBMITTED,
    *,
    step: int | None = None,
    item_code: str = ITEM,
    by: ResidentActor | None = None,
) -> Snapshot:
    """A case brought to this status and step by those who may; it begins without papers.

    Without a step, at the first of a route of three at which a case can have the status.
    """
    applicant = by or await an_actor()
    case = await _submitted(await catalogue.current(item_code), applicant)
    at = step or next(iter(histories.steps(case.item.flow, status)), 1)
    people = histories.People(applicant, staff, NOW)
    return await histories.bring(case, status, at, people=people)


async def _submitted(item: CatalogueItem, by: ResidentActor) -> Snapshot:
    """As the operation writes it, whatever the item asks for."""
    checked = submit._Checked(  # noqa: SLF001 - what it would have found out
        application=Application(item_code=item.code, form=FORM, materials=[]),
        item=item,
        applicant=await profiles.applicant(by.id),
        community=organisation.community(COMMUNITY, on=NOW.date()),
        form=FORM,
    )
    drafted = await submit._drafted(checked, NOW)  # noqa: SLF001
    case = drafted._replace(query_code=QUERY_CODE)
    await new.write(case, [], object_key=next(_objects), once=None, answer=b"")
    return await queries.one(case.id)


async def untold(case: Snapshot) -> Snapshot:
    """The case, of which nobody was told anything so far: for tests of what is told next."""
    told = [message.id for message in await Message.filter(case_id=case.id)]
    await Delivery.filter(message_id__in=told).delete()
    await Message.filter(id__in=told).delete()
    return case


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
    await untold(case)
    await Case.filter(id=case.id).update(
        resident_id=None,
        filed_by=FiledBy.STAFF,
        filed_by_id=clerk.id,
        received_unit_id=case.holder_code,
    )
    return await queries.one(case.id)
