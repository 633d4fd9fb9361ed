"""The calls around access tokens and quotas: token, stable_token, clear_quota (wechat.md 2, 9)."""

from sandbox.endpoint import Call, Reply
from sandbox.state import State
from sandbox.tokens import Token
from sandbox.wire import WeChatError, ok


async def token(state: State, _: Call) -> Reply:
    """Issue a new token at every call."""
    return _answer(state, state.tokens.plain(state.now()))


async def stable_token(state: State, call: Call) -> Reply:
    """Return the current token, or with force_refresh a new one that kills the old."""
    force = call.body.get("force_refresh", False)
    if not isinstance(force, bool):
        raise WeChatError(47001)
    if not force:
        return _answer(state, state.tokens.stable(state.now()))
    state.quota.force(state.now(), state.options.force_too_soon)
    return _answer(state, state.tokens.forced(state.now()))


async def clear_quota(state: State, call: Call) -> Reply:
    """Forget the day's counts, ten times a month."""
    if call.body.get("appid") != state.app.appid:
        raise WeChatError(40013)
    state.quota.clear(state.now())
    return ok()


def _answer(state: State, issued: Token) -> Reply:
    return {"access_token": issued.value, "expires_in": int(issued.dies_at - state.now())}
