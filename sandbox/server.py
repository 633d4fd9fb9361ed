"""The sandbox as an aiohttp server: WeChat's paths, other channels, identity, control, page."""

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from sandbox import broken, identity, page, phones, pushes, sms, switches, wecom
from sandbox.checks import PreconditionFailedError, admit
from sandbox.control import PUSHER, STATE, explain
from sandbox.endpoint import Arrived, Endpoint, Reply
from sandbox.endpoints import BY_PATH, ENDPOINTS
from sandbox.faults import ERRCODES, Kind
from sandbox.push import Pusher
from sandbox.state import State
from sandbox.wire import WeChatError, refusal, render

BODY_MAX = 256 * 1024
STOP_S = 1.0


def create_app(state: State) -> web.Application:
    """Build the server on the given state; it opens and closes the push sender itself."""
    app = web.Application(middlewares=[explain], client_max_size=BODY_MAX)
    app[STATE] = state
    app.cleanup_ctx.append(_pushing)
    for endpoint in ENDPOINTS:
        app.router.add_route("*", endpoint.path, answer)
    app.add_routes(
        [
            web.route("*", identity.PATH, identity.verify),
            web.post(sms.PATH, sms.answer),
            web.get(wecom.TOKEN, wecom.answer),
            web.get(wecom.WHO, wecom.answer),
            web.post(wecom.SEND, wecom.answer),
            web.get("/", page.show),
            web.get("/_control/", page.show),
            web.get("/_control", page.show),
            web.get("/_control/page.css", page.style),
            web.get("/_control/page.js", page.script),
            web.post("/_control/codes", phones.issue_code),
            web.post("/_control/subscribe", phones.subscribe),
            web.get("/_control/messages", phones.list_messages),
            web.get("/_control/sms", sms.list_to),
            web.post("/_control/wecom/codes", wecom.issue_code),
            web.get("/_control/wecom", wecom.list_cards),
            web.get("/_control/users", phones.list_users),
            web.get("/_control/users/{name}", phones.show_user),
            web.post("/_control/users/{name}", phones.change_user),
            web.post("/_control/persons", identity.add_person),
            web.get("/_control/persons", identity.list_persons),
            web.post("/_control/faults", switches.set_fault),
            web.get("/_control/faults", switches.list_faults),
            web.delete("/_control/faults", switches.clear_faults),
            web.post("/_control/options", switches.set_options),
            web.get("/_control/options", switches.list_options),
            web.post("/_control/quota", switches.set_quota),
            web.post("/_control/clock", switches.advance_clock),
            web.get("/_control/clock", switches.show_clock),
            web.post("/_control/reset", switches.reset),
            web.get("/_control/stats", switches.show_stats),
            web.post("/_control/push", pushes.push),
            web.get("/_control/pushes", pushes.list_pushes),
            web.route("*", "/{path:.*}", unknown),
        ]
    )
    return app


async def start(state: State, *, host: str, port: int) -> tuple[web.AppRunner, str]:
    """Serve until the runner is cleaned up; return it and the URL. Port 0 takes a free one.

    Raises OSError when the port is taken.
    """
    runner = web.AppRunner(create_app(state), access_log=None, shutdown_timeout=STOP_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, f"http://{host}:{runner.addresses[0][1]}"


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer one of WeChat's calls, or break it as the faults say."""
    state, endpoint = request.app[STATE], BY_PATH[request.path]
    respond = partial(_respond, request, state, endpoint)
    return await broken.answer(request, state, endpoint.path, respond)


async def unknown(request: web.Request) -> web.StreamResponse:
    """Answer a path that WeChat does not have."""
    state = request.app[STATE]
    if request.path.startswith("/_control") or state.options.unknown_path == "404":
        raise web.HTTPNotFound
    return _reply(state, refusal(request.path, WeChatError(40066), state.now()), "application/json")


async def _respond(
    request: web.Request, state: State, endpoint: Endpoint, kind: Kind | None
) -> web.StreamResponse:
    counts = state.stats.calls[endpoint.path]
    if kind == "token_revoked":
        state.tokens.revoke(state.now())
    failure = WeChatError(ERRCODES[kind]) if kind in ERRCODES else None
    try:
        if failure is not None:
            raise failure
        reply = await endpoint.action(state, admit(state, endpoint, await _arrived(request)))
    except PreconditionFailedError:
        counts["http_412"] += 1
        return web.Response(status=412)
    except WeChatError as error:
        counts[str(error.errcode)] += 1
        reply = refusal(endpoint.path, error, state.now())
        image = endpoint.path.endswith("getwxacodeunlimit")
        image = image and state.options.qrcode_error_type == "image"
        return _reply(state, reply, "image/jpeg" if image else endpoint.content_type)
    counts["0"] += 1
    return _reply(state, reply, endpoint.content_type)


async def _arrived(request: web.Request) -> Arrived:
    chunked = "Transfer-Encoding" in request.headers
    return Arrived(
        method=request.method,
        path=request.path,
        query=request.query,
        body=b"" if chunked else await request.read(),
        ip=request.remote or "",
        chunked=chunked,
    )


def _reply(state: State, reply: Reply, content_type: str) -> web.Response:
    if isinstance(reply, bytes):
        return web.Response(body=reply, content_type="image/png")
    body = render(reply, escape_slashes=state.options.escape_slashes)
    return web.Response(body=body, content_type=content_type, charset="utf-8")


async def _pushing(app: web.Application) -> AsyncIterator[None]:
    state = app[STATE]
    jar = DummyCookieJar()
    async with ClientSession(cookie_jar=jar, timeout=ClientTimeout(total=60)) as session:
        app[PUSHER] = pusher = Pusher(state, session)
        state.announce = pusher.send
        yield
        await pusher.close()
    state.journal.close()
