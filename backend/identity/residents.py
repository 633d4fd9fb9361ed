"""What residents do to their own account: log in, show who they are, say where they live."""

from uuid import UUID

from tortoise import timezone
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from backend.errors import Conflict, Invalid, InvalidParam
from backend.identity import accounts, names, sessions, wechat_codes
from backend.identity import id_number as id_numbers
from backend.identity.refusals import session_ended
from backend.identity.sessions import Granted
from config import characters, vault
from config.vault import sealed
from models import Assurance, Audience, OrgUnit, Resident, UnitLevel

_STRENGTH = list(Assurance)


async def log_in(code: str) -> Granted:
    """Begin a session by a wx.login code; the first time, an account is made."""
    identity = await wechat_codes.log_in(code)
    known = Resident.filter(openid_hash=accounts.hashed(identity.openid))
    resident = await known.first()
    if resident is None:
        # a rival's row stays: one account per openid
        await Resident.bulk_create([accounts.new(identity.openid)], ignore_conflicts=True)
        resident = await known.get()
    return await sessions.start(Audience.RESIDENT, resident.id)


async def set_phone(resident_id: UUID, code: str) -> None:
    """Keep the number a getPhoneNumber code stands for, in place of an earlier one."""
    account = await Resident.get(id=resident_id).only("id", "openid_sealed")
    openid = accounts.openid_of(resident_id, account.openid_sealed)
    if openid is None:
        raise session_ended()
    number = await wechat_codes.phone(openid, code)
    async with in_transaction():
        resident = await _locked(resident_id)
        resident.phone_sealed = sealed.seal("resident", resident.id, column="phone", text=number)
        resident.phone_hash = vault.blind("phone", number)
        _raise_assurance(resident, Assurance.PHONE)
        await resident.save(update_fields=["phone_sealed", "phone_hash", "assurance"])


async def set_real_name(resident_id: UUID, *, name: str, id_number: str) -> None:
    """Keep name and ID number as the resident states them: Invalid if they can't be true.

    The number stays: Conflict for another one. Accounts of one number share the person key.
    """
    name, number = names.canonical(name), id_numbers.canonical(id_number)
    _check_real_name(name, number)
    digest = vault.blind("id_number", number)
    async with in_transaction():
        resident = await _locked(resident_id)
        if resident.id_number_hash not in {None, digest}:
            raise Conflict("已完成实名，不能更换身份证号码", code="real_name_fixed")
        resident.name_sealed = sealed.seal("resident", resident.id, column="name", text=name)
        resident.id_number_sealed = sealed.seal(
            "resident", resident.id, column="id_number", text=number
        )
        resident.id_number_hash = resident.person_key = digest
        _raise_assurance(resident, Assurance.REAL_NAME)
        await resident.save(
            update_fields=[
                "name_sealed",
                "id_number_sealed",
                "id_number_hash",
                "person_key",
                "assurance",
            ]
        )


async def update_profile(
    resident_id: UUID, *, community_code: str, address: str | None = None
) -> None:
    """Keep where the resident lives; Invalid for a community that is not one today.

    Without an address the known one stays, one that is empty to the eye removes it.
    """
    if not await _is_community(community_code):
        reason = "没有这个社区"
        raise Invalid(
            reason,
            code="community_unknown",
            invalid_params=[InvalidParam("community_code", "community_unknown", reason)],
        )
    async with in_transaction():
        resident = await _locked(resident_id)
        resident.community_id = community_code
        if address is not None:
            sealed_address = sealed.seal("resident", resident.id, column="address", text=address)
            resident.address_sealed = sealed_address if characters.visible(address) else None
        await resident.save(update_fields=["community_id", "address_sealed"])


def _check_real_name(name: str, number: str) -> None:
    found: dict[str, tuple[str, str | None]] = {
        "id_number": ("id_number_invalid", id_numbers.fault(number)),
        "name": ("name_invalid", names.fault(name)),
    }
    params = [
        InvalidParam(field, code, reason) for field, (code, reason) in found.items() if reason
    ]
    if params:
        raise Invalid(params[0].reason, code=params[0].code, invalid_params=params)


def _raise_assurance(resident: Resident, reached: Assurance) -> None:
    resident.assurance = max(resident.assurance, reached, key=_STRENGTH.index)


async def _is_community(code: str) -> bool:
    today = timezone.localtime().date()
    return await OrgUnit.filter(
        Q(valid_from=None) | Q(valid_from__lte=today),
        Q(valid_to=None) | Q(valid_to__gte=today),
        code=code,
        level=UnitLevel.COMMUNITY,
    ).exists()


async def _locked(resident_id: UUID) -> Resident:
    resident = await Resident.select_for_update().get_or_none(id=resident_id)
    if resident is None or resident.erased_at is not None:
        raise session_ended()
    return resident
