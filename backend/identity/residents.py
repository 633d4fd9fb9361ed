"""What residents do to their own account: log in, show who they are, say where they live."""

from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from backend.identity import accounts, identity_check, persons, sessions, wechat_codes
from backend.identity.identity_check import Asker, Claim, Confirmed
from backend.identity.refusals import RealNameFixed, SessionEnded
from backend.identity.sessions import Granted
from backend.refusals import CommunityUnknown
from config import characters, vault
from config.clock import city_day
from config.vault import sealed
from models import Assurance, Audience, Ground, OrgUnit, Person, Resident, UnitLevel

_STRENGTH = list(Assurance)


async def log_in(code: str, *, now: datetime) -> Granted:
    """Begin a session by a wx.login code; the first time, an account is made."""
    identity = await wechat_codes.log_in(code)
    known = Resident.filter(openid_hash=accounts.hashed(identity.openid))
    resident = await known.first()
    if resident is None:
        # a rival's row stays: one account per openid
        made = accounts.new(identity.openid, now=now)
        await Resident.bulk_create([made], ignore_conflicts=True)
        resident = await known.get()
    return await sessions.start(Audience.RESIDENT, resident.id, now=now)


async def set_phone(resident_id: UUID, code: str) -> None:
    """Keep the number a getPhoneNumber code stands for, in place of an earlier one."""
    account = await Resident.get(id=resident_id).only("id", "openid_sealed")
    openid = accounts.openid_of(resident_id, account.openid_sealed)
    if openid is None:
        raise SessionEnded
    number = await wechat_codes.phone(openid, code)
    async with in_transaction():
        resident = await _locked(resident_id)
        resident.phone_sealed = sealed.seal("resident", resident.id, column="phone", text=number)
        resident.phone_hash = vault.blind("phone", number)
        _raise_assurance(resident, Assurance.PHONE)
        await resident.save(update_fields=["phone_sealed", "phone_hash", "assurance"])


async def ask_real_name(
    resident_id: UUID, *, name: str, id_number: str, now: datetime
) -> Confirmed | None:
    """Have the identity service confirm that name and ID number belong together.

    IdNumberInvalid or NameInvalid if they can't be true, else as `identity_check.confirm`; of an
    unconfirmed claim only hashes are kept. The number stays: RealNameFixed for another one.
    None where the account is known by just these already.
    """
    claim = persons.claim(name, id_number, today=city_day(now))
    if await _same_person(await _present(resident_id), claim):
        return None
    return await identity_check.confirm(Asker("resident", resident_id), claim, now=now)


async def keep_real_name(resident_id: UUID, confirmed: Confirmed, *, now: datetime) -> UUID:
    """Make the account the person's whose name and number were confirmed; the person.

    Accounts of one confirmed number belong to one person. To be called in a transaction, in which
    what the account has done comes under the person too. Raises RealNameFixed and SessionEnded.
    """
    claim = confirmed.claim
    resident = await _locked(resident_id)
    # A rival may have been faster with another number.
    await _same_person(resident, claim)
    await identity_check.keep(confirmed)
    person = await persons.keep(claim, ground=Ground.IDENTITY_CHECK, now=now)
    resident.person_id = person
    _raise_assurance(resident, Assurance.REAL_NAME)
    await resident.save(update_fields=["person_id", "assurance"])
    return person


async def _same_person(resident: Resident, claim: Claim) -> bool:
    """Whether the account is known by this name and number; RealNameFixed by another."""
    if resident.person_id is None:
        return False
    person = await Person.get_or_none(id=resident.person_id)
    if person is None:
        # Erased since the account was read.
        raise SessionEnded
    if person.id_number_hash != claim.number_hash:
        raise RealNameFixed
    return persons.name_of(person) == claim.name


async def update_profile(
    resident_id: UUID, *, community_code: str, now: datetime, address: str | None = None
) -> None:
    """Keep where the resident lives; CommunityUnknown for what is no community today.

    Without an address the known one stays, one that is empty to the eye removes it.
    """
    if not await _is_community(community_code, city_day(now)):
        raise CommunityUnknown(field="community_code")
    async with in_transaction():
        resident = await _locked(resident_id)
        resident.community_id = community_code
        if address is not None:
            sealed_address = sealed.seal("resident", resident.id, column="address", text=address)
            resident.address_sealed = sealed_address if characters.visible(address) else None
        await resident.save(update_fields=["community_id", "address_sealed"])


def _raise_assurance(resident: Resident, reached: Assurance) -> None:
    resident.assurance = max(resident.assurance, reached, key=_STRENGTH.index)


async def _is_community(code: str, today: date) -> bool:
    return await OrgUnit.filter(
        Q(valid_from=None) | Q(valid_from__lte=today),
        Q(valid_to=None) | Q(valid_to__gte=today),
        code=code,
        level=UnitLevel.COMMUNITY,
    ).exists()


async def _present(resident_id: UUID) -> Resident:
    return _there(await Resident.get_or_none(id=resident_id))


async def _locked(resident_id: UUID) -> Resident:
    # Who writes a message to the account, with a case or an appointment in hand, need not wait.
    return _there(await Resident.select_for_update(no_key=True).get_or_none(id=resident_id))


def _there(resident: Resident | None) -> Resident:
    if resident is None or resident.erased_at is not None:
        raise SessionEnded
    return resident
