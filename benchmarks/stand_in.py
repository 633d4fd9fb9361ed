"""`python -m benchmarks.stand_in`: takes every message as WeChat would, after 20 ms."""

import asyncio
from itertools import count

from aiohttp import web

from config.settings import settings

LATENCY = 0.02
_msgids = count(1_000_000)


async def _token(_request: web.Request) -> web.Response:
    await asyncio.sleep(LATENCY)
    return web.json_response({"access_token": "stand-in", "expires_in": 7200})


async def _send(request: web.Request) -> web.Response:
    await request.read()
    await asyncio.sleep(LATENCY)
    return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": next(_msgids)})


async def _ready(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ready"})


def main() -> None:
    """Answer until SIGTERM."""
    app = web.Application()
    app.router.add_get("/readyz", _ready)
    app.router.add_post("/cgi-bin/stable_token", _token)
    app.router.add_post("/cgi-bin/message/subscribe/send", _send)
    port = int(settings().wechat_api_url.rsplit(":", 1)[1])
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
