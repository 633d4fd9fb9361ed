"""What a push says: events in both formats, and messages that are none."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.wechat.conftest import Configure
from tests.wechat.pushes import POPUP_JSON, POPUP_XML, parse, plain_query, sealed
from wechat.documents import PushRefused

pytestmark = pytest.mark.usefixtures("safe_mode")
ITEM = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "0"}
OTHER_ITEM = {"TemplateId": "T2", "SubscribeStatusString": "reject", "PopupScene": "0"}
XML_ITEM = (
    "<List><TemplateId><![CDATA[{TemplateId}]]></TemplateId><SubscribeStatusString>"
    "<![CDATA[{SubscribeStatusString}]]></SubscribeStatusString>"
    "<PopupScene>{PopupScene}</PopupScene></List>"
)


@pytest.mark.parametrize("items", [[ITEM], [ITEM, OTHER_ITEM]])
def test_xml_and_json_say_the_same_however_many_items(
    configure: Configure, items: list[dict[str, str]]
) -> None:
    configure(wechat_push_mode="plain")
    xml = POPUP_XML.format("".join(XML_ITEM.format(**item) for item in items))
    bodies = [
        xml,
        '<?xml version="1.0" encoding="UTF-8"?>\n' + xml,
        json.dumps(POPUP_JSON | {"List": items}),
        json.dumps(POPUP_JSON | {"CreateTime": "1610969440", "List": items}),
        json.dumps(POPUP_JSON | {"List": [item | {"PopupScene": 0} for item in items]}),
    ]
    if len(items) == 1:
        bodies.append(json.dumps(POPUP_JSON | {"List": items[0]}))

    events = [parse(body.encode(), plain_query()) for body in bodies]

    assert all(event.items == tuple(items) for event in events)
    assert all(event.content == events[0].content for event in events)
    assert {(event.kind, event.sender, event.created) for event in events} == {
        ("subscribe_msg_popup_event", "OPENID", 1610969440)
    }


def test_a_redelivery_has_the_same_digest_and_another_event_has_not() -> None:
    first, again = (parse(*sealed(json.dumps(POPUP_JSON))) for _ in range(2))
    other = parse(*sealed(json.dumps(POPUP_JSON | {"CreateTime": 1610969441})))

    assert first.digest == again.digest != other.digest


def test_a_sent_event_is_known_by_its_message() -> None:
    sent = POPUP_JSON | {"Event": "subscribe_msg_sent_event"}
    report = {"TemplateId": "T1", "MsgID": "2589480923856076802", "ErrorCode": "0"}
    bodies = [
        sent | {"List": report},
        sent | {"List": [report | {"MsgID": 2589480923856076802}], "CreateTime": "1610969999"},
        sent | {"List": report | {"MsgID": "1"}},
    ]

    same, twin, other = (parse(*sealed(json.dumps(body))).digest for body in bodies)

    assert same == twin != other


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{",
        "{}",
        "[" * 100_000,
        '{"a":' * 50 + "1" + "}" * 50,
        json.dumps(POPUP_JSON | {"FromUserName": ["OPENID"]}),
        json.dumps(POPUP_JSON | {"FromUserName": "a\u0000b"}),
        json.dumps(POPUP_JSON | {"Note": "\ud800"}),
        json.dumps(POPUP_JSON | {"CreateTime": "now"}),
        json.dumps(POPUP_JSON | {"CreateTime": "１２"}),
        json.dumps(POPUP_JSON | {"CreateTime": 10**30}),
        json.dumps(POPUP_JSON | {"Event": ""}),
        json.dumps(POPUP_JSON | {"List": ["T1"]}),
        json.dumps(POPUP_JSON | {"List": [{"TemplateId": {"a": "b"}}]}),
        "<xml>",
        "<xml></xml>",
        "<html><body>502</body></html>",
        "<xml>" + "<a>" * 100_000,
        "<xml>" + "<a>" * 500 + "</a>" * 500 + "</xml>",
        '<!DOCTYPE xml [<!ENTITY a "b">]>' + POPUP_XML.format("&a;"),
        '<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd">' + POPUP_XML.format(""),
        POPUP_XML.format("&lol;"),
        "<!-- -->" + POPUP_XML.format(""),
    ],
)
def test_a_malformed_message_is_refused_even_when_rightly_signed(message: str) -> None:
    with pytest.raises(PushRefused):
        parse(*sealed(message))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=200),
        st.text("<>xml/ &;![]CDATA\"'ab", max_size=80).map("<xml>{}</xml>".format),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(lambda value: json.dumps(POPUP_JSON | {"List": value})),
    )
)
def test_nothing_but_an_event_or_a_refusal_comes_out(message: str) -> None:
    body, query = sealed(message.encode("utf-8", "replace").decode())

    try:
        event = parse(body, query)
    except PushRefused:
        return
    assert event.sender == "OPENID"
