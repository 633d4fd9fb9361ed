"""WeChat's templates as a city writes them, the words put into them, and how long is waited."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from config.settings import SettingsError, settings
from config.sources import BadRow
from models import Channel, DeliveryStatus
from notifications.channels import attempts, waits
from notifications.channels.attempts import Claimed, CreditChange
from notifications.channels.wechat import sending, templates, words
from notifications.channels.wechat.templates import Consent, Template

ROWS = """
- name: progress
  id: OWN_1-a
  title: 办件进度
  type: 2
  keys:
    thing1: 事项
    enum_string2: {label: 状态, values: [甲, 乙]}
- name: lasting
  id: OWN_2
  title: 长期
  type: 3
  keys: {time4: 时间}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A city's own file of templates."""
    file = tmp_path / "templates.yaml"
    file.write_text(ROWS, encoding="utf-8")
    monkeypatch.setenv("YIKOU_WECHAT_TEMPLATES_FILE", str(file))
    caches = (settings, templates.templates, templates.by_id, templates.long_term)
    for each in caches:
        each.cache_clear()
    yield file
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


def test_a_citys_templates_are_read_by_our_name_and_by_wechats(own: Path) -> None:
    progress = Template(
        "progress",
        "OWN_1-a",
        "办件进度",
        Consent.ONE_TIME,
        {"thing1": "事项", "enum_string2": "状态"},
    )

    assert templates.path() == own
    assert templates.templates()["progress"] == progress
    assert templates.by_id() == {"OWN_1-a": progress, "OWN_2": templates.templates()["lasting"]}
    assert templates.long_term() == ("lasting",)


@pytest.mark.parametrize(
    ("text", "replacement", "line", "said"),
    [
        ("thing1:", "thing:", 2, "keys.thing: 不是微信的字段类型"),
        ("thing1:", "thing01:", 2, "keys.thing01: 不是微信的字段类型"),
        ("OWN_2", "OWN_1-a", 9, "name 或 id 重复"),
        ("lasting", "progress", 9, "name 或 id 重复"),
        ("name: progress", "name: Progress", 2, "name: 格式不正确"),
        ("id: OWN_2", "id: OWN 2", 10, "id: 格式不正确"),
        ("type: 3", "type: 4", 12, "type: 不在可选范围内"),
        ("title: 长期", "title: ''", 11, "title: 过短"),
        ("keys: {time4: 时间}", "keys: {}", 13, "keys: "),
        ("time4: 时间", "time4: ''", 13, "keys.time4"),
        ("time4: 时间", "time4: {values: []}", 13, "keys.time4.label: 必填"),
    ],
)
def test_a_fault_of_a_template_is_told_with_its_line(  # noqa: PLR0917 - a table
    own: Path, text: str, replacement: str, line: int, said: str
) -> None:
    assert text in ROWS
    own.write_text(ROWS.replace(text, replacement, 1), encoding="utf-8")
    bad: list[BadRow] = []
    templates.read(bad)

    [told] = bad
    assert (told.file, told.line) == (str(own), line)
    assert said in told.reason
    with pytest.raises(SettingsError, match=r"templates\.yaml"):
        templates.templates()


ONE = {
    "case": Template("case", "id", "标题", Consent.ONE_TIME, {"thing1": "事项", "time2": "时间"})
}
SAMPLES = {"item": "城乡居民基本养老保险待遇领取资格认证及补缴申请", "at": "2026-11-23 16:05"}


@pytest.mark.parametrize(
    ("name", "texts", "told"),
    [
        ("case", {"thing1": "{item}", "time2": "{at}"}, []),
        ("case", {"thing1": "办理", "time2": "2026-11-23 16:05"}, []),
        ("case", {"thing1": "{item}"}, ["fields"]),
        ("case", {"thing1": "{item}", "time2": "{at}", "thing3": "x"}, ["fields"]),
        ("nobody", {"thing1": "{item}"}, ["template"]),
        # Of a name too long for it only a text that is cut fits.
        ("case", {"thing1": "x" * 21, "time2": "{at}"}, ["fields.thing1"]),
        ("case", {"thing1": "{item}", "time2": "明天"}, ["fields.time2"]),
        ("case", {"thing1": "", "time2": "{item}"}, ["fields.thing1", "fields.time2"]),
        # Its braces are told elsewhere, and it cannot be filled in.
        ("case", {"thing1": "{itme}", "time2": "{at}"}, []),
    ],
)
def test_what_wechat_would_refuse_is_told_before_anybody_is(
    name: str, texts: dict[str, str], told: list[str]
) -> None:
    assert [place for place, _ in words.faults(name, texts, ONE, SAMPLES)] == told
    without = [place for place, _ in words.faults(name, texts, {}, SAMPLES)]
    assert without == [place for place in told if place.startswith("fields.")]


def test_only_names_of_things_are_shortened() -> None:
    found = words.filled({"thing1": "{item}", "time2": "{at}", "phrase3": "{item}"}, SAMPLES)

    assert len(found["thing1"]) <= 20
    assert found["thing1"].startswith("城乡居民基本养老保险")
    assert found["time2"] == SAMPLES["at"]
    assert found["phrase3"] == SAMPLES["item"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"thing1": "事项", "time2": "2026-11-23 16:05"}, None),
        ({}, None),
        ({"thing1": "x" * 21}, "thing1"),
        ({"thing1": "事项", "time2": "明天", "thing3": ""}, "time2"),
        ({"thing1": "电话13800138000"}, "thing1"),
        ({"thing1": "11010519491231002X"}, "thing1"),
        ({"nobody1": "x"}, "nobody1"),
    ],
)
def test_nothing_is_sent_that_wechat_or_nobody_else_should_read(
    data: dict[str, str], key: str | None
) -> None:
    assert words.refused(data) == key


AT = datetime(2026, 11, 23, 15, 59, 20, tzinfo=UTC)  # 23:59:20 in the city


def claimed(**changes: object) -> Claimed:
    given: dict[str, object] = {
        "id": UUID(int=1),
        "channel": Channel.WECHAT,
        "attempt": 1,
        "lease": AT,
        "former": DeliveryStatus.PENDING,
        "address": "o1",
        "template": "case_progress",
        "page": "",
        "data": {},
        "ready_at": AT,
        "expires_at": AT + timedelta(hours=1),
    }
    return Claimed(**given | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(1, 3.75, 6.25), (2, 7.5, 12.5), (8, 480, 800), (9, 675, 1125), (10_000, 675, 1125)],
)
def test_pauses_double_up_to_a_quarter_of_an_hour(attempt: int, least: float, most: float) -> None:
    found = [waits.backoff(attempt, AT) for _ in range(20)]
    assert least <= min(found) <= max(found) <= most
    assert len(set(found)) > 1


def test_quotas_begin_anew_with_the_minute_and_with_the_day_of_the_city() -> None:
    for _ in range(20):
        assert 40 <= waits.next_minute(1, AT) <= 50
        assert 40 <= waits.next_day(1, AT) <= 640
        assert 86_390 <= waits.next_day(1, AT + timedelta(seconds=50)) <= 86_990
        assert 450 <= waits.after_repair(1, AT) <= 750


@pytest.mark.parametrize(("attempt", "times"), [(1, 1), (2, 2), (7, 64), (8, 64), (999, 64)])
def test_doubt_waits_longer_each_time(attempt: int, times: int) -> None:
    found = attempts.doubtful(claimed(attempt=attempt), "没有答复", doubt=15)

    assert (found.wait, found.status, found.credit) == (15 * times, DeliveryStatus.UNKNOWN, None)
    assert (found.errcode, found.error, found.attempt) == (-1, "没有答复", attempt)


@pytest.mark.parametrize(
    ("former", "credit"),
    [(DeliveryStatus.PENDING, CreditChange.REFUND), (DeliveryStatus.UNKNOWN, None)],
)
def test_what_is_postponed_is_as_before_its_claim(
    former: DeliveryStatus, credit: CreditChange | None
) -> None:
    found = attempts.postponed(claimed(former=former), "微信暂停")

    assert (found.status, found.credit, found.lease) == (former, credit, AT)
    assert found.wait
    assert found.errcode is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [(None, None), ("", ""), ("12", "12"), ("1\x002", "12"), ("x" * 65, "x" * 64)],
)
def test_the_id_that_the_channel_gave_is_kept_as_far_as_there_is_room(
    given: str | None, kept: str | None
) -> None:
    found = attempts.sent(claimed(), given)
    assert (found.provider_id, found.status, found.credit) == (kept, DeliveryStatus.SENT, None)


async def test_what_cannot_be_sent_is_given_up_with_its_credit_and_nobody_is_asked() -> None:
    unknown = await sending.send(claimed(template="nobody"), doubt=15)
    private = await sending.send(claimed(data={"thing1": "13800138000"}), doubt=15)

    for found, said in ((unknown, "没有配置这个消息模板"), (private, "（thing1）")):
        assert (found.status, found.credit) == (DeliveryStatus.FAILED, CreditChange.REFUND)
        assert said in (found.error or "")
        assert found.wait is None
