"""The table of messages, and each message filled in with sample values, as lines to read."""

from collections.abc import Iterator

from models import Channel
from notifications.channels.wechat import words
from notifications.channels.wechat.templates import templates
from notifications.telling.funnel import TABLE, Row
from notifications.telling.samples import SAMPLES
from notifications.telling.wordings import Wording, wordings

CHANNELS = {Channel.WECHAT: "微信订阅消息", Channel.SMS: "短信", Channel.WECOM: "企业微信"}


def table() -> Iterator[str]:
    """A Markdown table with a line for each message: change, who, how much it matters, whereby."""
    yield (
        "| 变化 change | 谁 who | 要紧程度 importance | 渠道 channels | 夜间 at night |"
        " 文字版本 wording |"
    )
    yield "|---|---|---|---|---|---|"
    for subject, rows in TABLE.items():
        for action, row in rows.items():
            version = wordings()[subject, action].version
            cells = (
                f"{subject}.{action}",
                row.to,
                row.importance,
                _channels(row),
                _at_night(row),
                version,
            )
            yield f"| {' | '.join(cells)} |"


def filled(kind: str = "") -> Iterator[str]:
    """Each message of `kind` (`case.approve`, `approval.approve`, `approval`, or "" for all)."""
    for (subject, action), wording in wordings().items():
        place = f"{subject}.{action}"
        if kind in {"", place, wording.kind, subject}:
            yield from _one(place, wording)


def _one(place: str, wording: Wording) -> Iterator[str]:
    row = wording.told
    yield f"{place}  {row.to} · {row.importance} · {_channels(row)} · {wording.version}"
    yield f"  收件箱 inbox: {wording.title}"
    for due in dict.fromkeys((wording.due, wording.due_accepted)):
        yield f"    {(wording.body + due).format_map(SAMPLES)}"
    if Channel.WECHAT in row.over:
        template = templates()[wording.template]
        yield f"  微信 WeChat: {template.title}"
        for key, value in words.filled(wording.fields, SAMPLES).items():
            yield f"    {template.keys[key]}: {value}"


def _at_night(row: Row) -> str:
    return "照发 sent" if row.urgent else "等到早晨 waits" if row.over else ""


def _channels(row: Row) -> str:
    return " → ".join(["收件箱", *(CHANNELS[channel] for channel in row.over)])
