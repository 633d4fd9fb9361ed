"""jscode2session: a login code becomes an openid and a session key (wechat.md 1.1)."""

from sandbox import users
from sandbox.endpoint import Call, Reply
from sandbox.state import State
from sandbox.wire import WeChatError


async def jscode2session(state: State, call: Call) -> Reply:
    """Exchange the code; a success carries no errcode."""
    code = state.codes.spend(call.query["js_code"], "login", now=state.now())
    user = state.users.of_openid(code.openid)
    if user is None or code.appid != state.app.appid:
        raise WeChatError(40029)
    if user.blocked:
        raise WeChatError(40226)
    state.quota.login(user.openid, state.now())
    if state.options.rotate_session_key:
        user.session_key = users.new_session_key()
        state.keep(user)
    reply = {"session_key": user.session_key, "openid": user.openid}
    return reply | ({"unionid": user.unionid} if state.options.with_unionid else {})
