"""The page that shows the phones: who is there and what arrived."""

from html import escape
from pathlib import Path

from aiohttp import web

from sandbox import clock, identity
from sandbox.control import STATE
from sandbox.state import State
from sandbox.users import Message, User

PHONES_MAX = 60
SHOWN_MAX = 20
# What a message holds can be anything: only our own files run here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types page"
)
STYLE, SCRIPT = (Path(__file__).with_name(name) for name in ("page.css", "page.js"))


async def show(request: web.Request) -> web.Response:
    """Show the latest phones; the page's script takes over what changes, phone by phone."""
    headers = {"Content-Security-Policy": POLICY}
    text = _page(request.app[STATE])
    return web.Response(text=text, content_type="text/html", headers=headers)


async def style(_request: web.Request) -> web.Response:
    """The page's look."""
    return web.Response(text=STYLE.read_text(encoding="utf-8"), content_type="text/css")


async def script(_request: web.Request) -> web.Response:
    """What keeps the page up to date."""
    return web.Response(text=SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript")


def _page(state: State) -> str:
    users = sorted(state.users, key=_latest, reverse=True)
    phones = "".join(_phone(state, user) for user in users[:PHONES_MAX])
    if not phones:
        phones = "<p>还没有用户，有人登录就会出现。No users yet: who logs in appears here.</p>"
    more = f"，显示 {PHONES_MAX} 个 ({PHONES_MAX} shown)" if len(users) > PHONES_MAX else ""
    now = clock.text(state.now())[:16].replace("T", " ")
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>微信沙箱 WeChat sandbox</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/_control/page.css">
<script src="/_control/page.js" defer></script></head><body>
<header><h1>微信沙箱 <small>WeChat sandbox</small></h1>
<p>这里不是微信，没有任何消息发往真实手机，也不核验真实身份。
This is not WeChat: nothing reaches a real phone, and nobody's identity is really checked.</p>
<p id="state">{len(users)} 个用户 users{more} · {now} ·
推送到 pushes to <code>{escape(state.options.push_url)}</code><br>
{_identity(state)}</p>
<nav aria-label="数据 data"><a href="/_control/options">选项 options</a>
<a href="/_control/stats">统计 stats</a> <a href="/_control/pushes">推送 pushes</a>
<a href="/_control/faults">故障 faults</a> <a href="/_control/persons">身份 persons</a></nav>
<form class="control"><button>刷新 Refresh</button>
<label><input type="checkbox" id="live" checked autocomplete="off"> 自动更新 Follow</label>
<span id="told" role="status"></span></form></header>
<main>{phones}</main></body></html>
"""


def _identity(state: State) -> str:
    """What the identity authority, which stands here too, does with whom it does not know."""
    asked = state.stats.calls[identity.PATH]
    counts = " · ".join(f"{escape(result)} {count}" for result, count in sorted(asked.items()))
    strict = state.options.identity == "strict"
    unknown = "查无此人 no record" if strict else "信以为真 believed"
    return (
        f"身份核验 identity authority: {len(state.persons)} 人 persons · 未知的人 unknown ones: "
        f"{unknown} · {counts or '未被询问 not asked yet'}"
    )


def _latest(user: User) -> float:
    return max(user.last_visit, user.messages[-1].at if user.messages else 0.0)


def _phone(state: State, user: User) -> str:
    flags = "".join(
        f"<strong>{text}</strong>"
        for text, on in (("已封禁 blocked", user.blocked), ("拒收 refuses", user.refuse))
        if on
    )
    credit = " · ".join(
        f"{escape(template.title)} {user.credits[template.id]}"
        for template in state.app.templates.values()
        if user.credits.get(template.id)
    )
    latest = list(user.messages)[: -SHOWN_MAX - 1 : -1]
    messages = "".join(_message(state, message) for message in latest)
    name, openid = escape(user.name), escape(user.openid)
    body = (
        f'<ul tabindex="0" aria-label="{name} 的消息">{messages}</ul>'
        if messages
        else '<p class="none">没有消息 No messages</p>'
    )
    return f"""<section id="{openid}" data-messages="{len(user.messages)}">
<div><h2>{name}{flags}</h2>
<small>+{escape(user.country_code)} {escape(user.phone)}</small><small>{openid}</small>
<small>可发送 credits: {credit or "0"} · 消息 messages: {len(user.messages)}</small>
</div>{body}</section>"""


def _message(state: State, message: Message) -> str:
    template = state.app.templates.get(message.template_id)
    labels = template.labels if template else {}
    lines = "".join(
        f"<dt>{escape(labels.get(key, key))}</dt><dd>{escape(held['value'])}</dd>"
        for key, held in message.data.items()
    )
    at = clock.text(message.at)[5:19].replace("T", " ")
    title = escape(template.title if template else message.template_id)
    jump = f"<dt>页面 page</dt><dd>{escape(message.page)}</dd>" if message.page else ""
    return f"<li><h3>{title} <time>{at}</time></h3><dl>{lines}{jump}</dl></li>"
