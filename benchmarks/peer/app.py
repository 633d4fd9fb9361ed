"""The endpoints. What never changes (items, units) is read once at the start, as ours does."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from benchmarks.peer.database import engine, sessions
from benchmarks.peer.shapes import (
    AppointmentOut,
    BookAppointment,
    CaseOut,
    CaseSummary,
    SubmitCase,
    ToDo,
)
from benchmarks.peer.tables import (
    Appointment,
    AppointmentEvent,
    Case,
    CaseEvent,
    CaseForm,
    CaseMaterial,
    CaseTransfer,
    Delivery,
    ItemVersion,
    Message,
    OrgUnit,
    Seat,
    Slot,
    Task,
)

_NUMBER_LENGTH = 21
NOBODY = UUID(int=0)
items: dict[str, ItemVersion] = {}
units: dict[str, OrgUnit] = {}


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Read what never changes."""
    async with sessions() as session:
        published = select(ItemVersion).where(ItemVersion.status == "published")
        items.update({row.item_id: row for row in await session.scalars(published)})
        units.update({row.code: row for row in await session.scalars(select(OrgUnit))})
    yield
    await engine.dispose()


async def _session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(_session)]
app = FastAPI(lifespan=lifespan)


@app.get("/readyz")
async def ready(session: Database) -> dict[str, str]:
    """Whether the database answers."""
    await session.execute(select(1))
    return {"status": "ready"}


@app.get("/cases/{case_id}", response_model=CaseOut)
async def get_case(case_id: UUID, resident_id: UUID, session: Database) -> Case:
    """A case with its events and materials."""
    found = await session.scalar(
        select(Case)
        .where(Case.id == case_id, Case.resident_id == resident_id)
        .options(selectinload(Case.events), selectinload(Case.materials))
    )
    if found is None:
        raise HTTPException(404)
    return found


@app.get("/cases", response_model=list[CaseSummary])
async def list_cases(resident_id: UUID, session: Database, limit: int = 20) -> list[Case]:
    """A resident's cases, newest first."""
    query = select(Case).where(Case.resident_id == resident_id)
    return list(await session.scalars(query.order_by(Case.id.desc()).limit(limit)))


@app.get("/staff/cases", response_model=list[CaseSummary])
async def list_cases_of_place(path: str, session: Database, limit: int = 20) -> list[Case]:
    """The cases of a district, street or community, newest first."""
    query = select(Case).where(Case.community_path.startswith(path))
    return list(await session.scalars(query.order_by(Case.id.desc()).limit(limit)))


@app.get("/staff/tasks", response_model=ToDo)
async def list_tasks(unit_id: str, session: Database, limit: int = 20) -> dict[str, Any]:
    """The open tasks of a unit with case and applicant, newest first, and their count by light."""
    now = datetime.now(UTC)
    soon = now + timedelta(days=2)
    open_ = (Task.unit_id == unit_id, Task.done_at.is_(None))
    case = joinedload(Task.case, innerjoin=True)
    page = select(Task).where(*open_).options(case.joinedload(Case.subject))
    transfers = select(func.count()).where(
        CaseTransfer.to_unit_id == unit_id, CaseTransfer.state == "open"
    )
    counts = select(
        func.count().label("unit"),
        func.count().filter(Task.assignee_id == NOBODY).label("mine"),
        func.count().filter(Task.due_at < now).label("red"),
        func.count().filter(Task.due_at.between(now, soon)).label("yellow"),
        func.count().filter(Task.due_at > soon).label("green"),
        func.count().filter(Task.due_at.is_(None)).label("grey"),
        transfers.scalar_subquery().label("incoming"),
    ).where(*open_)
    return {
        "items": list(await session.scalars(page.order_by(Task.id.desc()).limit(limit))),
        "counts": (await session.execute(counts)).one(),
    }


@app.post("/cases", status_code=201, response_model=CaseOut)
async def submit(body: SubmitCase, session: Database) -> Case:
    """Write the case with its event, form, materials and task; tell the applicant and the unit."""
    now = datetime.now(UTC)
    due = now + timedelta(days=7)
    item = items[body.item_code]
    community = units[body.community_code]
    case = Case(
        number=_number(community.code[:6]),
        resident_id=body.resident_id,
        filed_by_id=body.resident_id,
        item_id=item.item_id,
        item_version_id=item.id,
        community_id=community.code,
        community_path=community.path,
        department_unit_id=f"{community.code[:6]}-{item.item_id.split('-')[1]}",
        status="submitted",
        step=1,
        holder_id=community.code,
        holder_since=now,
        submitted_at=now,
        notice_due_at=due,
        query_code_sealed=b"",
        forms=[CaseForm(actor_id=body.resident_id, form_sealed=json.dumps(body.form).encode())],
        events=[
            CaseEvent(
                seq=1,
                action="submit",
                actor="resident",
                actor_id=body.resident_id,
                after="submitted",
                step=1,
                unit_id=community.code,
            )
        ],
        materials=[
            CaseMaterial(code=paper.material_code, file_id=paper.file_id)
            for paper in body.materials
        ],
        tasks=[Task(step=1, unit_id=community.code, role="clerk", due_at=due)],
    )
    session.add(case)
    await session.flush()
    session.add(_message(case.resident_id, "case.submit", item.name, case.number, case_id=case.id))
    session.add(
        Message(
            recipient="unit_role",
            unit_id=community.code,
            role="clerk",
            kind="staff.submit",
            title="新办件",
            body=f"“{item.name}”({case.number})待受理。",
            case_id=case.id,
        )
    )
    await session.commit()
    return case


@app.post("/appointments", status_code=201, response_model=AppointmentOut)
async def book(body: BookAppointment, session: Database) -> Appointment:
    """Take a seat under the slot's lock, with its event, and tell the resident."""
    slot = await session.get(Slot, body.slot_id, with_for_update=True)
    if slot is None:
        raise HTTPException(404)
    now = datetime.now(UTC)
    if slot.booked >= slot.capacity or slot.starts_at <= now:
        raise HTTPException(409)
    appointment = Appointment(
        number=_number("YY210102"),
        slot_id=slot.id,
        office_id=slot.office_id,
        resident_id=body.resident_id,
        booked_by_id=body.resident_id,
        item_id=body.item_code,
        day=slot.starts_at.date(),
        check_in_code=secrets.token_hex(4),
        events=[
            AppointmentEvent(
                action="book",
                actor="resident",
                actor_id=body.resident_id,
                after="booked",
                slot_id=slot.id,
            )
        ],
        seats=[Seat(slot_id=slot.id)],
    )
    session.add(appointment)
    await session.flush()
    session.add(
        _message(
            body.resident_id,
            "appointment.book",
            items[body.item_code].name,
            appointment.number,
            appointment_id=appointment.id,
        )
    )
    await session.commit()
    return appointment


def _number(start: str) -> str:
    """A number without asking the database for a serial, which is in the peer's favour."""
    return start + secrets.token_urlsafe(12)[: _NUMBER_LENGTH - len(start)]


def _message(
    resident_id: UUID,
    kind: str,
    item_name: str,
    number: str,
    *,
    case_id: UUID | None = None,
    appointment_id: UUID | None = None,
) -> Message:
    now = datetime.now(UTC)
    return Message(
        resident_id=resident_id,
        kind=kind,
        title="办理进度",
        body=f"您的“{item_name}”({number})已提交。",
        case_id=case_id,
        appointment_id=appointment_id,
        deliveries=[
            Delivery(
                resident_id=resident_id,
                template="case_progress",
                page=f"pages/detail?id={case_id or appointment_id}",
                data={"thing1": item_name[:20], "character_string2": number},
                due_at=now,
                expires_at=now + timedelta(days=1),
            )
        ],
    )
