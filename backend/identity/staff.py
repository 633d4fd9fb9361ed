"""Staff accounts: made with posts, bound to a WeChat account by a one-time invite."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.identity import accounts, names, sessions, statements, typed_codes, wechat_codes
from backend.identity import posts as staff_posts
from backend.identity.refusals import (
    InviteInvalid,
    NameInvalid,
    StaffAlreadyBound,
    StaffLeft,
    StaffNotActive,
    StaffNotBound,
)
from backend.identity.second_factor import factors
from backend.identity.sessions import Granted
from config.database import connection
from config.vault import sealed
from models import Audience, Role, Staff, StaffInvite, uuid7

_INVITE = "invite"
_INVITE_VALID = timedelta(days=3)


async def create(
    name: str, *, posts: Sequence[tuple[str, Role]], now: datetime, by: Actor = audit.OPERATOR
) -> UUID:
    """A new staff member's id; `posts` are unit codes with roles, held from now on.

    Raises NameInvalid, UnitUnknown, or PostHeld for a post named twice.
    """
    name, staff_id = names.canonical(name), uuid7()
    if reason := names.fault(name):
        raise NameInvalid(reason)
    async with in_transaction():
        name_sealed = sealed.seal("staff", staff_id, column="name", text=name)
        await Staff.create(id=staff_id, name_sealed=name_sealed, created_at=now)
        await staff_posts.grant(staff_id, posts, by=by, now=now)
    return staff_id


async def invite(staff_id: UUID, *, now: datetime, by: Actor = audit.OPERATOR) -> str:
    """A code like `7K2M-9QXA-04TZ` that binds one WeChat account within three days.

    An earlier code that was not used is void: there is one valid code per person. Whoever asks for
    another may have lost the phone: the account bound before is forgotten, its sessions end at the
    next request. Raises StaffNotActive or StaffLeft.
    """
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        await _void_invites(staff_id, now)
        if not await Staff.filter(id=staff_id, active=True).exists():
            await check_not_left(staff_id)
            raise StaffNotActive
        await Staff.filter(id=staff_id).update(openid_hash=None)
        await sessions.end_all(Audience.STAFF, staff_id, reason="invited_anew")
        return await issue_invite(staff_id, by=by, now=now)


async def issue_invite(staff_id: UUID, *, now: datetime, by: Actor = audit.OPERATOR) -> str:
    """The code of somebody who was just made."""
    code = typed_codes.new(groups=3, size=4)
    async with in_transaction():
        await StaffInvite.create(
            staff_id=staff_id,
            code_hash=typed_codes.hashed(_INVITE, code),
            created_at=now,
            expires_at=now + _INVITE_VALID,
        )
        await audit.record(Act.INVITE, by=by, on=("staff", staff_id))
    return code


async def disable(staff_id: UUID, *, now: datetime, by: Actor = audit.OPERATOR) -> None:
    """Let the person in no more: sessions end at the next request, an unused invite is void.

    Safe to repeat. Tasks are a matter of cases, see `leaving` there.
    """
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        await Staff.filter(id=staff_id).update(active=False)
        await _void_invites(staff_id, now)
        await sessions.end_all(Audience.STAFF, staff_id, reason="disabled")
        await audit.record(Act.DISABLE_STAFF, by=by, on=("staff", staff_id))


async def enable(staff_id: UUID, *, by: Actor = audit.OPERATOR) -> None:
    """Let a disabled person in again, with the posts held before; safe to repeat.

    Raises StaffLeft: who comes back is a new member of staff, under an id of their own.
    """
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        if not await Staff.filter(id=staff_id, left_at=None).update(active=True):
            await check_not_left(staff_id)
        await audit.record(Act.ENABLE_STAFF, by=by, on=("staff", staff_id))


async def leave(staff_id: UUID, *, now: datetime) -> None:
    """Out for good, from now on or since it was first said.

    The WeChat account, which may be bound to another person, WeCom and the second factor are
    forgotten.
    The rest of leaving is a matter of cases, see `leaving` there.
    """
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        await Staff.filter(id=staff_id).update(
            active=False, openid_hash=None, wecom_sealed=None, wecom_hash=None
        )
        await Staff.filter(id=staff_id, left_at=None).update(left_at=now)
        await factors.forget(staff_id)


async def bind(code: str, invite_code: str, *, now: datetime) -> Granted:
    """Bind the WeChat account of a wx.login code to the invited person, and begin a session.

    InviteInvalid for a used, expired or unknown invite; StaffAlreadyBound if the account is
    another's.
    """
    identity = await wechat_codes.log_in(code)
    try:
        async with in_transaction():
            staff_id = await _use(invite_code, now)
            await Staff.filter(id=staff_id).update(openid_hash=accounts.hashed(identity.openid))
            # A login may have begun one while the invite was made.
            await sessions.end_all(Audience.STAFF, staff_id, reason="bound_anew")
    except IntegrityError as error:
        raise StaffAlreadyBound from error
    return await sessions.start(Audience.STAFF, staff_id, now=now)


async def log_in(code: str, *, now: datetime) -> Granted:
    """Begin a session by a wx.login code; StaffNotBound where nobody active is bound to it."""
    identity = await wechat_codes.log_in(code)
    found = await Staff.get_or_none(openid_hash=accounts.hashed(identity.openid), active=True)
    if found is None:
        raise StaffNotBound
    return await sessions.start(Audience.STAFF, found.id, now=now)


async def hold(staff_id: UUID) -> bool:
    """Lock somebody active until the transaction ends; False where there is nobody."""
    return bool(await connection().execute_query_dict(statements.HOLD, [staff_id]))


async def name_of(staff_id: UUID) -> str:
    """The staff member's own name, in clear: for colleagues, never for residents."""
    return unsealed_name(staff_id, (await Staff.get(id=staff_id)).name_sealed)


def unsealed_name(staff_id: UUID, stored: bytes) -> str:
    """The same of a row that was read already."""
    return sealed.unseal("staff", staff_id, column="name", stored=stored) or ""


async def _use(invite_code: str, now: datetime) -> UUID:
    invited = await StaffInvite.select_for_update().get_or_none(
        code_hash=typed_codes.hashed(_INVITE, invite_code)
    )
    if invited is None or invited.used_at is not None or invited.expires_at <= now:
        raise InviteInvalid
    if not await Staff.filter(id=invited.staff_id, active=True).exists():
        raise StaffNotActive
    invited.used_at = now
    await invited.save(update_fields=["used_at"])
    return invited.staff_id


async def _void_invites(staff_id: UUID, now: datetime) -> None:
    open_invites = StaffInvite.filter(staff_id=staff_id, used_at=None, expires_at__gt=now)
    await open_invites.update(expires_at=now)


async def check_not_left(staff_id: UUID) -> None:
    """StaffLeft for who has left for good."""
    if await Staff.filter(id=staff_id).exclude(left_at=None).exists():
        raise StaffLeft
