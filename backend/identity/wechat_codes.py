"""Codes a client got from WeChat, exchanged for what they stand for; its refusals as ours."""

from backend.identity.refusals import (
    PhoneCodeInvalid,
    WechatCodeInvalid,
    WechatUnavailable,
    WechatUserBlocked,
)
from config.outages import Spell
from wechat import operations
from wechat.errcodes import Reaction, WeChatError, WeChatUnavailable
from wechat.operations import LoginIdentity

_MAINLAND = "86"
# Silence and slowness are told by the breaker of the client.
_LOGINS = Spell("wechat_unavailable", "wechat_back", asked="login")
_PHONES = Spell("wechat_unavailable", "wechat_back", asked="phone")
_RETRY_SECONDS = {Reaction.WAIT_MINUTE: 60, Reaction.WAIT_DAY: 3600}


async def log_in(code: str) -> LoginIdentity:
    """Whom a wx.login code stands for.

    WechatCodeInvalid, WechatUserBlocked or WechatUnavailable.
    """
    try:
        found = await operations.code_to_session(code)
    except WeChatError as error:
        if error.reaction is Reaction.NEW_CODE:
            raise WechatCodeInvalid from error
        raise _refusal(error, _LOGINS) from error
    _LOGINS.worked()
    return found


async def phone(openid: str, code: str) -> str:
    """The number this user's getPhoneNumber code stands for.

    PhoneCodeInvalid (another user's, too), WechatUserBlocked or WechatUnavailable.

    Mainland numbers as 11 digits, others with `+` and the country's code.
    """
    try:
        found = await operations.phone_number(openid, code)
    except WeChatError as error:
        if error.reaction is Reaction.NEW_CODE:
            # not 401: the session is sound, and a client would throw it away
            raise PhoneCodeInvalid from error
        raise _refusal(error, _PHONES) from error
    _PHONES.worked()
    foreign = found.country_code != _MAINLAND
    return f"+{found.country_code}{found.number}" if foreign else found.number


def _refusal(error: WeChatError, spell: Spell) -> WechatUserBlocked | WechatUnavailable:
    if error.reaction is Reaction.BLOCKED:
        return WechatUserBlocked()
    if not isinstance(error, WeChatUnavailable):
        spell.failed(f"{error.errcode} {error.reaction}")
    return WechatUnavailable(retry_after=_RETRY_SECONDS.get(error.reaction, 5))
