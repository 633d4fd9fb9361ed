"""Fields of subscribe messages: what fits, what is shortened, and that the sandbox agrees."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox import fields as sandbox_fields
from sandbox.options import Options
from sandbox.templates import Template
from wechat.fields import TYPES, UNFIT, check, fit

FITS = [
    ("thing1", "居住证明"),
    ("thing1", "一" * 20),
    ("short_thing1", "已受理"),
    ("number1", "12.5"),
    ("number1", "-" + "1" * 31),
    ("letter1", "A" * 32),
    ("symbol1", "+-*/!"),
    ("character_string10", "SQ-2026-1123 #7"),
    ("time1", "15:01"),
    ("time1", "15:01:30"),
    ("time1", "2019年10月1日 15:01"),
    ("time1", "2026-11-23 09:00~2026-11-23 10:00"),
    ("time1", "09:00~10:00"),
    ("date2", "2019年10月1日"),
    ("date2", "2018-01-01"),
    ("date2", "2018/01/01"),
    ("date2", "2018.01.01"),
    ("date2", "2018-01"),
    ("date2", "01-01"),
    ("date2", "2019-12-25 09:42"),
    ("date2", "2018-01-01~2018-01-03"),
    ("amount1", "¥100元"),
    ("amount1", "0.50"),
    ("phone_number1", "+86-0766-66888866"),
    ("car_number1", "粤A8Z888挂"),
    ("name1", "欧阳娜娜"),
    ("name1", "王*四"),
    ("name1", "Zhang San"),
    ("phrase1", "审核通过"),
    ("enum_string2", "已办结"),
]
MISFITS = [
    ("thing", "没有编号"),
    ("thing1.DATA", "错误的键"),
    ("bogus1", "x"),
    ("thing1", ""),
    ("thing1", " "),
    ("thing1", "一" * 21),
    ("thing1", "两\n行"),
    ("thing1", "好😀"),
    ("number1", "12件"),
    ("number1", "1" * 33),
    ("number1", "١٢"),
    ("letter1", "A1"),
    ("symbol1", "++++++"),
    ("character_string1", "沈阳12"),
    ("character_string1", "A" * 33),
    ("time1", "2026-11-23"),
    ("time1", "09:00～10:00"),
    ("time1", "24:00"),
    ("time1", "09:00~10:00~11:00"),
    ("date2", "2026-02-30"),
    ("date2", "2026-13-01"),
    ("date2", "明天"),
    ("amount1", "12345678901"),
    ("amount1", "免费"),
    ("phone_number1", "138****0000"),
    ("phone_number1", "()"),
    ("car_number1", "辽A·12345"),
    ("car_number1", "辽A1234567"),
    ("name1", "用户410774"),
    ("name1", "一" * 11),
    ("name1", "A" * 21),
    ("phrase1", "审核通过了吗"),
    ("phrase1", "OK"),
]
FITTED = [
    (
        "thing1",
        "您的居住证明申请需要补充材料请在五日内提交",
        "您的居住证明申请需要补充材料请在五日内…",
    ),
    ("thing1", "居住证明申请受理编号 SQ20261123", "居住证明申请受理编号…"),
    ("thing1", "两\r\n行　字😀", "两 行 字"),
    ("thing1", "😀", "无"),
    ("character_string1", "ＳＱ〔2026〕12号", "SQ202612"),
    ("character_string1", "办件", "-"),
    ("number1", "１,２００", "1200"),
    ("time1", "2026-11-23T09:42:00+08:00", "2026-11-23 09:42:00"),
    ("time1", "09:00 — 10:00", "09:00~10:00"),
    ("time1", "2026-11-23T01:42:00Z", UNFIT),
    ("time1", "2026-11-23", UNFIT),
    ("date2", "2019年10月1日至2019年10月3日", "2019年10月1日~2019年10月3日"),
    ("amount1", "￥1,200.50元", "¥1200.50元"),
    ("car_number1", "辽A·12345", "辽A12345"),
    ("name1", "用户410774", "用户"),
    ("name1", "沈阳市和平区南湖街道办事处", "沈阳市和平区南湖街…"),
    ("name1", "12", "无"),
    ("phrase1", "审核通过。", "审核通过"),
    ("phrase1", "OK", "无"),
    ("phone_number1", "138****0000", UNFIT),
    ("bogus1", "x", UNFIT),
]
KEYS = [f"{name}1" for name in TYPES]
TEXTS = st.one_of(
    st.text(max_size=50),
    st.text("AZaz09 一二~-:/.年月日〇①Ⅷ元¥+()*_\u0301\u200d\U00020bb7😀", max_size=50),
    st.datetimes().map(str),
    st.dates().map("{:%Y年%m月%d日}".format),
)


@pytest.mark.parametrize(("key", "value"), FITS)
def test_a_value_in_its_type_passes_and_stays_as_it_is(key: str, value: str) -> None:
    assert check(key, value) is None
    assert fit(key, value) == value


@pytest.mark.parametrize(("key", "value"), MISFITS)
def test_a_misfit_is_named_without_being_quoted(key: str, value: str) -> None:
    reason = check(key, value)

    assert reason is not None
    assert not value.strip() or value not in reason


@pytest.mark.parametrize(("key", "value", "fitted"), FITTED)
def test_a_value_is_brought_into_its_type(key: str, value: str, fitted: str) -> None:
    assert fit(key, value) == fitted


@given(st.sampled_from(KEYS), TEXTS)
@example("thing1", "\U00020bb7" * 11)
@example("name1", "²" * 30)
def test_what_fit_gives_passes_or_says_that_nothing_can(key: str, value: str) -> None:
    fitted = fit(key, value)

    assert fitted == UNFIT or check(key, fitted) is None
    assert fit(key, fitted) == fitted or fitted == UNFIT


@given(st.sampled_from([key for key in KEYS if not key.startswith("enum")]), TEXTS)
def test_the_sandbox_takes_whatever_passes(key: str, value: str) -> None:
    template = Template(id="t", name="t", title="t", type=2, labels={}, enums={})
    strict = Options(thing_counts="utf16", emoji_in_thing="refuse", date_only_time="refuse")

    for candidate in (value, fit(key, value)):
        if check(key, candidate) is None:
            assert sandbox_fields.valid(template, key, candidate, strict)
