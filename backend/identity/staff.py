"""Staff accounts: made with posts, bound to a WeChat account by a one-time invite."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from tortoise import timezone
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend import vault
from backend.errors import Conflict, Forbidden
from backend.identity import sealed, sessions, wechat_codes
from backend.identity.sessions import Granted
from models import Audience, Post, Role, Staff, StaffInvite, uuid7

_INVITE_VALID = timedelta(days=3)
_INVITE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another
_INVITE_LENGTH = 12
_INVITE_GROUP = 4


async def create(name: str, *, posts: Iterable[tuple[str, Role]]) -> UUID:
    """A new staff member's id; `posts` are unit codes with roles, held from now on."""
    staff_id = uuid7()
    async with in_transaction():
        await Staff.create(
            id=staff_id, name_sealed=sealed.seal("staff", staff_id, column="name", text=name)
        )
        await Post.bulk_create(
            [Post(staff_id=staff_id, unit_id=unit, role=role) for unit, role in posts]
        )
    return staff_id


async def invite(staff_id: UUID) -> str:
    """A code like `7K2M-9QXA-04TZ` that binds one WeChat account within three days.

    An earlier code that was not used is void: there is one valid code per person.
    """
    code = "".join(secrets.choice(_INVITE_ALPHABET) for _ in range(_INVITE_LENGTH))
    now = timezone.now()
    async with in_transaction():
        await StaffInvite.filter(staff_id=staff_id, used_at=None, expires_at__gt=now).update(
            expires_at=now
        )
        await StaffInvite.create(
            staff_id=staff_id, code_hash=_hash(code), expires_at=now + _INVITE_VALID
        )
    groups = range(0, _INVITE_LENGTH, _INVITE_GROUP)
    return "-".join(code[start : start + _INVITE_GROUP] for start in groups)


async def bind(code: str, invite_code: str) -> Granted:
    """Bind the WeChat account of a wx.login code to the invited person, and begin a session.

    Forbidden for a used, expired or unknown invite; Conflict if the account is another's. Sessions
    of an account bound before are ended.
    """
    identity = await wechat_codes.log_in(code)
    try:
        async with in_transaction():
            staff_id = await _use(invite_code)
            await Staff.filter(id=staff_id).update(openid=identity.openid)
            await sessions.end_all(Audience.STAFF, staff_id, reason="bound_anew")
    except IntegrityError as error:
        raise Conflict("该微信已绑定其他工作人员", code="staff_already_bound") from error
    return await sessions.start(Audience.STAFF, staff_id)


async def log_in(code: str) -> Granted:
    """Begin a session by a wx.login code; Forbidden where no active staff member is bound to it."""
    identity = await wechat_codes.log_in(code)
    found = await Staff.get_or_none(openid=identity.openid, active=True)
    if found is None:
        raise Forbidden("该微信未绑定工作人员，请使用邀请码绑定", code="staff_not_bound")
    return await sessions.start(Audience.STAFF, found.id)


async def name_of(staff_id: UUID) -> str:
    """The staff member's own name, in clear: for colleagues, never for residents."""
    found = await Staff.get(id=staff_id)
    return sealed.unseal("staff", staff_id, column="name", stored=found.name_sealed) or ""


async def _use(invite_code: str) -> UUID:
    invited = await StaffInvite.select_for_update().get_or_none(code_hash=_hash(invite_code))
    now = timezone.now()
    if invited is None or invited.used_at is not None or invited.expires_at <= now:
        raise Forbidden("邀请码无效、已使用或已过期，请联系管理员", code="invite_invalid")
    if not await Staff.filter(id=invited.staff_id, active=True).exists():
        raise Forbidden("该工作人员账号已停用", code="staff_not_active")
    invited.used_at = now
    await invited.save(update_fields=["used_at"])
    return invited.staff_id


def _hash(code: str) -> str:
    # people type it: case and dashes don't matter; 60 bits call for a keyed hash
    return vault.blind("invite", code.upper().replace("-", "").replace(" ", ""))
