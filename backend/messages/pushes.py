"""What WeChat pushes: taps, refusals in its settings, sent messages; and who takes data back."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from tortoise.transactions import in_transaction

from backend.erasure import beginning
from backend.identity import accounts
from backend.messages import statements
from config.database import connection
from models import Resident
from notifications.channels.wechat import confirmations, credit
from notifications.channels.wechat.templates import Template, by_id
from notifications.telling import outbox
from wechat.push import PushEvent

EVENT_MAX = 64
CANCELLED = "user_authorization_cancellation"
TAKEN_BACK = {CANCELLED, "user_authorization_revoke"}
PHONE = "8"  # RevokeInfo's number for it
ERRCODE = re.compile("-?[0-9]{1,9}")

log = structlog.get_logger(__name__)


class _When(NamedTuple):
    """When it happened, as WeChat tells it, and when we heard of it."""

    at: datetime
    now: datetime


async def take(event: PushEvent, *, now: datetime) -> None:
    """Carry out an event once, however often it comes; kinds we don't know are only logged."""
    if event.kind in TAKEN_BACK:
        await _taken_back(event, now)
        return
    action = ACTIONS.get(event.kind)
    if action is None:
        log.info("push_ignored", push_event=event.kind[:EVENT_MAX])
        return
    when = _when(event, now)
    async with in_transaction():
        if not await connection().execute_query_dict(
            statements.REMEMBER, [event.digest, event.kind, now]
        ):
            return
        resident = (
            await Resident.filter(openid_hash=accounts.hashed(event.sender)).only("id").first()
        )
        if resident is None:
            log.warning("push_of_stranger", push_event=event.kind)
            return
        # In one order, so that two events of one resident never wait for each other.
        for item in sorted(event.items, key=lambda item: item.get("TemplateId", "")):
            template = by_id().get(item.get("TemplateId", ""))
            if template is None:
                log.warning("push_of_unknown_template", push_event=event.kind)
            else:
                await action(resident.id, template, item, when)
    outbox.wake()


async def _taken_back(event: PushEvent, now: datetime) -> None:
    """The law wants it gone; the user stands in OpenID, the sender is the platform's own."""
    openid, revoked = (str(event.content.get(name, "")) for name in ("OpenID", "RevokeInfo"))
    async with in_transaction():
        if not await connection().execute_query_dict(
            statements.REMEMBER, [event.digest, event.kind, now]
        ):
            return
        if event.kind == CANCELLED:
            at = _when(event, now).at
            begun = await beginning.begin(openid, at=at, cause=event.kind, now=now)
            known = begun is not None
        elif PHONE in re.findall("[0-9]+", revoked):
            known = await beginning.forget_phone(openid)
        else:
            return  # a kind of data that we never had
        if not known:
            log.warning("push_of_stranger", push_event=event.kind)


async def forget(*, now: datetime) -> int:
    """Delete the digests of pushes that WeChat sends no more; how many."""
    return len(await connection().execute_query_dict(statements.FORGET_PUSHES, [now]))


def _when(event: PushEvent, now: datetime) -> _When:
    return _When(datetime.fromtimestamp(event.created, UTC), now)


async def _tapped(
    resident_id: UUID, template: Template, item: Mapping[str, str], when: _When
) -> None:
    # A rejected popup takes nothing away: only WeChat's settings do.
    if item.get("SubscribeStatusString") == "accept":
        await credit.grant(resident_id, template.name, now=when.now)


async def _changed(
    resident_id: UUID, template: Template, item: Mapping[str, str], when: _When
) -> None:
    if item.get("SubscribeStatusString") == "reject":
        await credit.refuse(resident_id, template.name, at=when.at, now=when.now)


async def _sent(
    resident_id: UUID, template: Template, item: Mapping[str, str], when: _When
) -> None:
    code = item.get("ErrorCode", "")
    errcode = int(code) if ERRCODE.fullmatch(code) else -1
    known = await confirmations.confirm(
        resident_id,
        template.name,
        msgid=item.get("MsgID", ""),
        errcode=errcode or None,
        now=when.now,
    )
    if known is None:
        log.warning("push_of_unknown_message", template=template.name)


ACTIONS: dict[str, Callable[[UUID, Template, Mapping[str, str], _When], Awaitable[None]]] = {
    "subscribe_msg_popup_event": _tapped,
    "subscribe_msg_change_event": _changed,
    "subscribe_msg_sent_event": _sent,
}
