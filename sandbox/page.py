"""The page that shows the phones: who is there and what arrived."""

from html import escape

from aiohttp import web

from sandbox import clock
from sandbox.control import STATE
from sandbox.state import State
from sandbox.users import Message, User

PHONES_MAX = 60
SHOWN_MAX = 20
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
STYLE = """
:root{color-scheme:light dark;--ground:#f2f4f3;--card:#fff;--ink:#1d2521;--soft:#6b7671;
--line:#dfe5e2;--green:#07a35a}
@media(prefers-color-scheme:dark){:root{--ground:#141816;--card:#1f2522;--ink:#e6ece9;
--soft:#95a19b;--line:#333c38;--green:#3ccb85}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,"PingFang SC",
"Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header,main{max-width:1180px;margin:auto;padding:1.5rem 1.25rem 0}
h1{font-size:1.35rem;margin:0}p,small,dt,time{color:var(--soft)}header p{margin:.3rem 0 0}
a{color:var(--green)}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem;
align-items:start;padding-bottom:3rem}
section{background:var(--card);border:1px solid var(--line);border-radius:18px;overflow:hidden}
section>header{padding:.9rem 1rem;border-bottom:1px solid var(--line)}
h2{font-size:1rem;margin:0}section>header small{display:block;overflow-wrap:anywhere}
ul{list-style:none;margin:0;padding:0 1rem;max-height:28rem;overflow:auto}
li{padding:.8rem 0}li+li{border-top:1px solid var(--line)}
h3{font-size:.95rem;margin:0;display:flex;justify-content:space-between;gap:1rem}
time{font-weight:400;font-size:.8rem;white-space:nowrap}
dl{margin:.35rem 0 0;display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem;font-size:.9rem}
dd{margin:0;overflow-wrap:anywhere}.none{padding:1rem;margin:0}
"""


async def show(request: web.Request) -> web.Response:
    """Show the latest phones, as they are now: a page that renews itself takes readers' place."""
    headers = {"Content-Security-Policy": POLICY}
    text = _page(request.app[STATE])
    return web.Response(text=text, content_type="text/html", headers=headers)


def _page(state: State) -> str:
    users = sorted(state.users, key=_latest, reverse=True)
    phones = "".join(_phone(state, user) for user in users[:PHONES_MAX])
    if not phones:
        phones = "<p>还没有用户。No users yet: POST /_control/codes.</p>"
    more = f"，显示 {PHONES_MAX} 个 ({PHONES_MAX} shown)" if len(users) > PHONES_MAX else ""
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>微信沙箱 WeChat sandbox</title>
<style>{STYLE}</style></head><body>
<header><h1>微信沙箱 <small>WeChat sandbox</small></h1>
<form><button>刷新 Refresh</button></form>
<p>这里不是微信，没有任何消息发往真实手机。This is not WeChat: nothing reaches a real phone.</p>
<p>{len(users)} 个用户 users{more} · {escape(clock.text(state.now())[:19])} ·
推送到 pushes to <code>{escape(state.options.push_url)}</code> ·
<a href="/_control/options">选项 options</a> · <a href="/_control/stats">统计 stats</a> ·
<a href="/_control/pushes">推送 pushes</a> · <a href="/_control/faults">故障 faults</a></p></header>
<main>{phones}</main></body></html>
"""


def _latest(user: User) -> float:
    return max(user.last_visit, user.messages[-1].at if user.messages else 0.0)


def _phone(state: State, user: User) -> str:
    flags = " 已封禁 blocked" * user.blocked + " 拒收 refuses" * user.refuse
    credit = " · ".join(
        f"{escape(template.title)} {user.credits[template.id]}"
        for template in state.app.templates.values()
        if user.credits.get(template.id)
    )
    latest = list(user.messages)[: -SHOWN_MAX - 1 : -1]
    messages = "".join(_message(state, message) for message in latest)
    body = f"<ul>{messages}</ul>" if messages else '<p class="none">没有消息 No messages</p>'
    return f"""<section><header><h2>{escape(user.name)}{flags}</h2>
<small>+{escape(user.country_code)} {escape(user.phone)} · {escape(user.openid)}</small>
<small>可发送 credits: {credit or "0"} · 消息 messages: {len(user.messages)}</small>
</header>{body}</section>"""


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
    return f"<li><h3>{title}<time>{at}</time></h3><dl>{lines}{jump}</dl></li>"
