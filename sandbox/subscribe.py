"""subscribe/send and gettemplate: what may be sent, and to whom (wechat.md 4)."""

import asyncio
from typing import Any, Literal

from sandbox import events, fields, templates
from sandbox.endpoint import Call, Reply
from sandbox.options import Options
from sandbox.state import State
from sandbox.templates import ONE_TIME, Template
from sandbox.users import Message, User
from sandbox.wire import WeChatError, ok

STATES = {"developer", "trial", "formal"}
LANGUAGES = {"zh_CN", "en_US", "zh_HK", "zh_TW"}
PAGE_MAX = 1024
EMPTY_TEXT = {"current": "is empty", "typo": "is emtpy", "cut": "is e"}
INVALID_TEXT = {"current": "invalid", "typo": "invalid", "cut": "i"}


async def send(state: State, call: Call) -> Reply:
    """Check the message, spend a credit, put it on the phone."""
    user = state.users.of_openid(call.body.get("touser"))
    if user is None:
        raise WeChatError(40003)
    if user.openid in state.sending and state.options.overlap_43108:
        raise WeChatError(43108)
    state.sending.add(user.openid)
    try:
        await asyncio.sleep(state.options.send_ms / 1000)
        message = _checked(state, user, call.body)
    finally:
        state.sending.discard(user.openid)
    state.receive(user, message)
    if state.options.sent_event:
        state.announce(events.sent(user, message, state.options.sent_error_code))
    return ok(msgid=message.msgid)


async def gettemplate(state: State, _: Call) -> Reply:
    """List the app's templates."""
    return ok(data=[templates.gettemplate_row(one) for one in state.app.templates.values()])


def _checked(state: State, user: User, body: dict[str, Any]) -> Message:
    template = _template(state, body.get("template_id"))
    page = _page(state, body.get("page", ""))
    if body.get("miniprogram_state", "formal") not in STATES:
        raise WeChatError(47003, "argument invalid! miniprogram_state invalid")
    if body.get("lang", "zh_CN") not in LANGUAGES:
        raise WeChatError(47003, "argument invalid! lang invalid")
    if state.options.check_order == "credit_first":
        _consented(user, template)
    try:
        values = _values(template, body.get("data"), state.options)
        _consented(user, template)
        _decent(values, state.options)
    except WeChatError:
        if state.options.spend_on_failure:
            _spend(state, user, template)
        raise
    _spend(state, user, template)
    shown = {key: {"value": text} for key, text in values.items()}
    return Message(template.id, shown, page, state.now(), state.next_msgid())


def _template(state: State, template_id: object) -> Template:
    known = state.app.templates.get(template_id) if isinstance(template_id, str) else None
    if known is None:
        raise WeChatError(40037)
    if known.id in state.options.banned_templates:
        raise WeChatError(43107)
    return known


def _page(state: State, page: object) -> str:
    if not isinstance(page, str) or len(page) > PAGE_MAX or not page.isprintable():
        raise WeChatError(41030)
    path = page.removeprefix("/").partition("?")[0]
    if path and path not in state.app.pages and state.options.unknown_page == "refuse":
        raise WeChatError(41030)
    return page


def _values(template: Template, data: object, options: Options) -> dict[str, str]:
    """Return the template's keys with their texts; raise 47003 naming the first bad one."""
    given = data if isinstance(data, dict) else {}
    values: dict[str, str] = {}
    for key in template.labels:
        held = given.get(key)
        text = held.get("value", "") if isinstance(held, dict) else ""
        if not isinstance(text, str):
            raise _bad(key, "invalid", options)
        if not text.strip():
            raise _bad(key, "empty", options)
        if not fields.valid(template, key, text, options):
            raise _bad(key, "invalid", options)
        values[key] = text
    unknown = next((key for key in given if key not in template.labels), None)
    if unknown is not None and options.extra_keys == "refuse":
        raise _bad(unknown, "invalid", options)
    return values


def _bad(key: str, fault: Literal["empty", "invalid"], options: Options) -> WeChatError:
    texts = EMPTY_TEXT if fault == "empty" else INVALID_TEXT
    text = texts[options.field_error_text]
    return WeChatError(47003, f"argument invalid! data.{key}.value {text}")


def _consented(user: User, template: Template) -> None:
    one_time = template.type == ONE_TIME
    held = user.credits.get(template.id, 0) > 0 if one_time else template.id in user.lasting
    if user.refuse or not held:
        raise WeChatError(43101)


def _decent(values: dict[str, str], options: Options) -> None:
    text = "\n".join(values.values())
    if any(word in text for word in options.sensitive_words):
        raise WeChatError(45168)


def _spend(state: State, user: User, template: Template) -> None:
    if template.type == ONE_TIME and user.credits.get(template.id, 0) > 0:
        user.credits[template.id] -= 1
        state.keep(user)
