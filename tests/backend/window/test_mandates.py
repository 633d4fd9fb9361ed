"""Mandates that are signed at a window, and guardians: kept with their photo, told, ended there."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.audit.purposes import AccessPurpose
from backend.cases.reading import accesses
from backend.consistency import audit
from backend.erasure import beginning, carrying_out
from backend.errors import ServiceError
from backend.files import operations, sweep
from backend.files import queries as files
from backend.files.owners import Owner
from backend.identity.actors import StaffActor
from backend.mandates import acting, giving
from backend.mandates.checks import MOST, years_after
from backend.mandates.mandates import Mandate, MandateState
from backend.window import mandates
from backend.window.mandates import Signed
from backend.window.refusals import MandatePurposeMissing
from config import clock
from config.clock import city_day
from config.settings import settings
from models import (
    Assurance,
    Basis,
    GuardianProof,
    Message,
    Person,
    Resident,
    Right,
    Role,
    Staff,
    StoredFile,
    uuid7,
)
from models import Mandate as Row
from tests import stage
from tests.accounts import a_person, an_account, openid_of
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, ITEM, an_actor, staff
from tests.backend.files.pictures import PDF
from tests.backend.mandates.people import ALL, with_phone
from tests.backend.window.test_persons import log
from tests.waiting import held_up

RIVALS = 8
TODAY = city_day(clock.now())


@dataclass
class Desk:
    """A clerk, and the elder without an account who signs."""

    clerk: StaffActor
    elder: Person

    async def scan(self) -> UUID:
        owner = Owner("staff", self.clerk.id)
        return (await operations.upload(owner, name="a.pdf", content=PDF, now=clock.now())).id

    async def make(self, agent: UUID | None = None, **changes: Any) -> Mandate:
        given: dict[str, Any] = {
            "principal_id": self.elder.id,
            "agent_id": agent,
            "basis": Basis.PAPER,
            "file_id": changes.pop("file_id", None) or await self.scan(),
            "items": [ITEM],
            "rights": ALL,
            "until": TODAY + timedelta(days=30),
        }
        signed = Signed(**given | changes)
        return await mandates.make(signed, unit_code=None, by=self.clerk, now=clock.now())

    async def refusal(self, agent: UUID | None = None, **changes: Any) -> str:
        with pytest.raises(ServiceError) as refused:
            await self.make(agent, **changes)
        return refused.value.code


@pytest.fixture
async def desk(clerk: StaffActor) -> Desk:
    return Desk(clerk, await a_person())


async def tried(desk: Desk, agent: UUID, photo: UUID) -> str:
    """The code of the refusal, or that it was made."""
    try:
        await desk.make(agent, file_id=photo)
    except ServiceError as refusal:
        return refusal.code
    return "mandate_made"


async def told(kind: str) -> list[UUID]:
    found = Message.filter(kind=f"mandate.{kind}").order_by("id")
    return [each.resident_id or each.person_id for each in await found]  # type: ignore[attr-defined,misc]


async def test_what_an_elder_signs_holds_at_once_and_is_ended_at_any_window(desk: Desk) -> None:
    daughter, _ = await with_phone()
    assert daughter.person_id
    photo = await desk.scan()

    made = await desk.make(daughter.person_id, file_id=photo)

    assert (made.basis, made.state(clock.now())) == (Basis.PAPER, MandateState.ACTIVE)
    assert made.window is not None
    assert made.window.code == COMMUNITY
    kept = await StoredFile.get(id=photo)
    assert (kept.staff_id, kept.person_id) == (None, desk.elder.id)
    # The photo of a mandate is kept as long as it is.
    later = clock.now() + timedelta(days=settings().files_unattached_days + 1)
    await sweep.sweep(now=later)
    assert await StoredFile.exists(id=photo)
    assert (await mandates.photo(made.id, by=desk.clerk)).id == photo
    assert await told("hold_at_window") == [daughter.id]
    behalf = await acting.on_behalf(
        made.id, by=daughter, right=Right.READ, item_code=ITEM, now=clock.now()
    )
    assert (behalf.principal_id, behalf.account) == (desk.elder.id, None)
    given, _ = await mandates.of_person(desk.elder.id, by=desk.clerk)
    assert given == [made]
    ended = await mandates.revoke(made.id, unit_code=None, by=desk.clerk, now=clock.now())
    again = await mandates.revoke(made.id, unit_code=None, by=desk.clerk, now=clock.now())
    assert again == ended
    assert ended.state(clock.now()) is MandateState.REVOKED
    assert await told("revoke_at_window") == [desk.elder.id, daughter.id]
    with pytest.raises(ServiceError, match="撤销"):
        await acting.on_behalf(made.id, by=daughter, right=Right.READ, now=clock.now())
    assert [(row["action"], row["actor_id"]) for row in await log()] == [
        ("give_mandate", desk.clerk.id),
        ("link_file", desk.clerk.id),
        ("list_mandates", desk.clerk.id),
        *[("revoke_mandate", desk.clerk.id)] * 2,
    ]
    # Who looked at the photo is read by whose it is: of the window it was made at without purpose.
    elder = await an_account(assurance=Assurance.REAL_NAME, person_id=desk.elder.id)
    looks = await accesses.of_resident(elder.id, before=None, limit=9)
    assert [(each.what, each.unit_code, each.role) for each in looks] == [
        (row["action"], COMMUNITY, Role.CLERK) for row in reversed(await log())
    ]
    assert looks[3].mandate_id == made.id
    far = await staff((ELSEWHERE, Role.CLERK))
    with pytest.raises(MandatePurposeMissing):
        await mandates.photo(made.id, by=far)
    await mandates.photo(made.id, by=far, purpose=AccessPurpose.CHECK)
    [last] = await accesses.of_resident(elder.id, before=None, limit=1)
    assert (last.unit_code, last.purpose) == (ELSEWHERE, AccessPurpose.CHECK)
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []


async def test_a_minors_guardian_is_one_until_the_ward_is_of_age(desk: Desk) -> None:
    mother = await an_actor()
    child = await a_person(born=TODAY - timedelta(days=365 * 9))
    ward: dict[str, Any] = {"principal_id": child.id, "basis": Basis.GUARDIAN}
    birth = {"proof": GuardianProof.BIRTH_CERTIFICATE, "until": None}

    made = await desk.make(mother.person_id, **ward, **birth)

    of_age = years_after(TODAY - timedelta(days=365 * 9), 18)
    assert made.until == of_age - timedelta(days=1)
    assert await told("guard_at_window") == [mother.id]
    assert await desk.refusal(mother.person_id, **ward, **birth | {"until": of_age}) == (
        "mandate_until_invalid"
    )
    court = {"proof": GuardianProof.COURT_DECISION}
    incapable = await desk.make(mother.person_id, basis=Basis.GUARDIAN, **court)
    assert incapable.proof is GuardianProof.COURT_DECISION
    table: list[tuple[str, dict[str, Any]]] = [
        ("guardian_proof_unfit", {"basis": Basis.GUARDIAN, **birth}),
        ("guardian_proof_unfit", {"basis": Basis.GUARDIAN}),
        ("guardian_proof_unfit", court),
        ("guardian_proof_unfit", {**ward, "proof": GuardianProof.AGREEMENT}),
        ("mandate_until_invalid", {"basis": Basis.GUARDIAN, **court, "until": None}),
        ("mandate_signer_underage", {"principal_id": child.id}),
    ]
    for code, wrong in table:
        assert await desk.refusal(mother.person_id, **wrong) == code


async def test_a_guardianship_is_not_the_wards_to_end_and_outlives_accounts(desk: Desk) -> None:
    son, elder = await an_actor(), await an_actor()
    made = await desk.make(
        son.person_id,
        principal_id=elder.person_id,
        basis=Basis.GUARDIAN,
        proof=GuardianProof.COURT_DECISION,
    )
    assert await told("ward_at_window") == [elder.id]
    with pytest.raises(ServiceError) as refused:
        await giving.revoke(made.id, by=elder, now=clock.now())
    assert refused.value.code == "guardianship_ends_at_window"

    who = openid_of(await Resident.get(id=elder.id))
    await beginning.begin(who, at=clock.now(), cause="x", now=clock.now())
    await carrying_out.carry_out(now=clock.now())

    assert (await Row.get()).id == made.id
    assert await files.of_staff(await desk.scan(), desk.clerk.id)
    assert (await giving.revoke(made.id, by=son, now=clock.now())).revoked_at


async def test_what_cannot_be_signed_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    daughter = (await an_actor()).person_id
    mine, child = await an_actor(), (await a_person(born=TODAY - timedelta(days=366 * 17))).id
    hash_ = (await Resident.get(id=mine.id)).openid_hash
    await Staff.filter(id=desk.clerk.id).update(openid_hash=hash_)
    table: list[tuple[str, UUID | None, dict[str, Any]]] = [
        ("mandate_agent_unclear", None, {}),
        ("mandate_agent_unclear", daughter, {"agent_unit_code": COMMUNITY}),
        ("mandate_unit_unknown", None, {"agent_unit_code": "210102001999"}),
        ("mandate_to_oneself", desk.elder.id, {}),
        ("mandate_item_unknown", daughter, {"items": ["XX-YY-001"]}),
        ("mandate_until_invalid", daughter, {"until": None}),
        ("mandate_until_invalid", daughter, {"until": TODAY - timedelta(days=1)}),
        ("mandate_until_invalid", daughter, {"until": TODAY + timedelta(days=367)}),
        ("person_not_found", daughter, {"principal_id": uuid7()}),
        ("person_not_found", uuid7(), {}),
        ("file_unknown", daughter, {"file_id": uuid7()}),
        ("mandate_agent_underage", child, {}),
        ("own_mandate", mine.person_id, {}),
        ("own_mandate", daughter, {"principal_id": mine.person_id}),
    ]
    for code, agent, wrong in table:
        assert await desk.refusal(agent, **wrong) == code, wrong
    assert not await Row.exists()


async def test_of_rivals_a_unit_has_one_and_nobody_more_than_the_most(desk: Desk) -> None:
    await asyncio.gather(*(desk.make(agent_unit_code=COMMUNITY) for _ in range(RIVALS)))
    assert await Row.filter(revoked_at=None).count() == 1
    for _ in range(MOST - 6):
        await desk.make((await a_person()).id)

    daughter = (await a_person()).id
    photos = [await desk.scan() for _ in range(RIVALS)]
    async with stage.owner() as signing, asyncio.TaskGroup() as group, signing.transaction():
        await signing.execute("SELECT FROM person WHERE id = $1 FOR UPDATE", desk.elder.id)
        given = [group.create_task(tried(desk, daughter, each)) for each in photos]
        await held_up(signing)
    became = sorted(each.result() for each in given)
    assert became == [*["mandate_already_held"] * (RIVALS - 1), "mandate_made"]
    # A longer one, or one of another kind, is another.
    await desk.make(daughter, until=TODAY + timedelta(days=31))
    await desk.make(daughter, rights=[Right.READ])
    assert await Row.filter(revoked_at=None).count() == MOST - 2
    agents = [(await a_person()).id for _ in range(RIVALS)]
    ended = await asyncio.gather(*(desk.make(each) for each in agents), return_exceptions=True)

    refused = [each.code for each in ended if isinstance(each, ServiceError)]
    assert refused == ["too_many_mandates"] * (RIVALS - 2)
    assert await Row.filter(revoked_at=None).count() == MOST


def test_a_day_that_there_is_not_is_the_one_after() -> None:
    assert years_after(date(2008, 2, 29), 18) == date(2026, 3, 1)
