"""What WeChat tells the server about, and how it writes it in JSON and XML (wechat.md 5)."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.options import Options
from sandbox.users import Message, User

Values = dict[str, Any]
POPUP, CHANGE, SENT = (
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
    "subscribe_msg_sent_event",
)
WRAPPERS = {
    POPUP: "SubscribeMsgPopupEvent",
    CHANGE: "SubscribeMsgChangeEvent",
    SENT: "SubscribeMsgSentEvent",
}


@dataclass(frozen=True)
class Event:
    """One event; `items` are its List, `flat` its fields beside it, `created` Unix seconds."""

    name: str
    openid: str
    created: int
    items: tuple[Values, ...] = ()
    flat: Values = field(default_factory=dict)


def popup(user: User, results: dict[str, str], created: float) -> Event:
    """Tell what the user answered to wx.requestSubscribeMessage, per template id."""
    items = tuple(
        {"TemplateId": template_id, "SubscribeStatusString": result, "PopupScene": 0}
        for template_id, result in results.items()
    )
    return Event(POPUP, user.openid, int(created), items)


def change(user: User, template_ids: list[str], created: float) -> Event:
    """Tell that the user refused templates in the notification settings."""
    items = tuple(
        {"TemplateId": template_id, "SubscribeStatusString": "reject"}
        for template_id in template_ids
    )
    return Event(CHANGE, user.openid, int(created), items)


def sent(user: User, message: Message, errcode: int) -> Event:
    """Tell how a send ended."""
    item = {
        "TemplateId": message.template_id,
        "MsgID": str(message.msgid),
        "ErrorCode": errcode,
        "ErrorStatus": "failed: system failed" if errcode else "success",
    }
    return Event(SENT, user.openid, int(message.at), (item,))


def values(event: Event, *, recipient: str) -> Values:
    """Return the fields every event has, and its own flat ones; the List is left out."""
    return {
        "ToUserName": recipient,
        "FromUserName": event.openid,
        "CreateTime": event.created,
        "MsgType": "event",
        "Event": event.name,
        **event.flat,
    }


def in_json(event: Event, *, recipient: str, options: Options) -> Values:
    """Return the JSON form: no wrapper, and one List item bare unless the option says array."""
    whole = values(event, recipient=recipient)
    if event.items:
        bare = len(event.items) == 1 and options.single_list == "object"
        whole["List"] = dict(event.items[0]) if bare else [dict(item) for item in event.items]
    return _as_strings(whole) if options.number_strings else whole


def in_xml(event: Event, *, recipient: str) -> str:
    """Return the XML form without its root element."""
    text = xml(values(event, recipient=recipient))
    if not event.items:
        return text
    items = "".join(f"<List>{xml(item)}</List>" for item in event.items)
    wrapper = WRAPPERS.get(event.name)
    return text + (f"<{wrapper}>{items}</{wrapper}>" if wrapper else items)


def xml(given: Values) -> str:
    """Write fields as XML elements: numbers bare, texts in CDATA."""
    return "".join(f"<{name}>{_xml_value(value)}</{name}>" for name, value in given.items())


def _xml_value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _as_strings(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _as_strings(value) for name, value in given.items()}
    if isinstance(given, list):
        return [_as_strings(value) for value in given]
    return str(given) if isinstance(given, int) else given
