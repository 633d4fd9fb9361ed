"""getuserphonenumber: a getPhoneNumber code becomes a phone number (wechat.md 3)."""

from sandbox.endpoint import Call, Reply
from sandbox.state import State
from sandbox.wire import WeChatError, ok

HOME = "86"


async def getuserphonenumber(state: State, call: Call) -> Reply:
    """Exchange the code; only foreign numbers carry their country code in phoneNumber."""
    now = state.now()
    code = state.codes.spend(call.body.get("code"), "phone", now=now)
    user = state.users.of_openid(code.openid)
    if code.appid != state.app.appid:
        raise WeChatError(40013)
    if user is None:
        raise WeChatError(40029)
    if call.body.get("openid", user.openid) != user.openid:
        raise WeChatError(state.options.phone_mismatch)
    abroad = user.country_code != HOME
    return ok(
        phone_info={
            "phoneNumber": f"+{user.country_code}{user.phone}" if abroad else user.phone,
            "purePhoneNumber": user.phone,
            "countryCode": user.country_code,
            "watermark": {"timestamp": int(now), "appid": state.app.appid},
        }
    )
