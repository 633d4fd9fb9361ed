"""Staff's user ids of WeCom: bound by a code that WeCom gave them, in a session of their own."""

from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act
from backend.identity.actors import StaffActor
from backend.identity.refusals import (
    WecomAlreadyBound,
    WecomCodeInvalid,
    WecomOff,
    WecomUnavailable,
)
from config import vault
from config.settings import settings
from config.vault import sealed
from models import Staff
from wechat import wecom
from wechat.errcodes import Reaction, WeChatError

_RETRY_SECONDS = 5


async def bound(staff_id: UUID) -> bool:
    """Whether cards go to this member of staff."""
    return await Staff.filter(id=staff_id, wecom_hash__not_isnull=True).exists()


async def bind(code: str, *, by: StaffActor) -> None:
    """Bind whom the code stands for, in place of whom was bound before.

    WecomOff, WecomCodeInvalid, WecomUnavailable, or WecomAlreadyBound where a colleague has them.
    """
    if not settings().wecom_corp_id:
        raise WecomOff
    try:
        user_id = await wecom.member_of(code)
    except WeChatError as error:
        if error.reaction is Reaction.NEW_CODE:
            raise WecomCodeInvalid from None
        raise WecomUnavailable(retry_after=_RETRY_SECONDS) from None
    if user_id is None:
        raise WecomCodeInvalid
    # WeCom gives user ids back in small letters, whatever they were made with.
    found = user_id.lower()
    try:
        async with in_transaction():
            await Staff.filter(id=by.id).update(
                wecom_sealed=sealed.seal("staff", by.id, column="wecom", text=found),
                wecom_hash=vault.blind("wecom", found),
            )
            await audit.record(Act.BIND, by=by.acting, on=("staff", by.id), purpose="wecom")
    except IntegrityError:
        raise WecomAlreadyBound from None


async def unbind(*, by: StaffActor) -> None:
    """Send this member of staff no more cards."""
    async with in_transaction():
        await Staff.filter(id=by.id).update(wecom_sealed=None, wecom_hash=None)
        await audit.record(Act.BIND, by=by.acting, on=("staff", by.id), purpose="wecom_ended")
