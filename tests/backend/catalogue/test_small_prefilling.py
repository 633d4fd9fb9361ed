"""What is carried over from earlier forms, on items so small that each test says all of them."""

from typing import Any

import pytest

from backend.catalogue import prefilling
from tests.backend.catalogue.small import an_item, block, text

ME: dict[str, object] = {"name": "王小明", "phone": "13900139000"}
ACCOUNT = block(
    {
        "holder": text("户名", x_profile="name"),
        "bank": text("银行"),
        "balance": text("余额", x_passing=True),
    },
    "bank",
    x_carried="account",
)
CHILD = block(
    {"name": text("姓名"), "school": text("学校")}, "name", x_carried="child", x_about="name"
)
MEMBERS = {
    "type": "array",
    "title": "家人",
    "maxItems": 9,
    "items": block({"name": text("姓名"), "income": text("收入", x_passing=True)}, "name"),
}
FAMILY = block({"members": MEMBERS, "since": text("时间")}, "members", x_carried="family")


def form(*required: str, **blocks: Any) -> dict[str, Any]:
    return {"type": "object", "properties": blocks, "required": [*required]}


ITEM = an_item(form("account", account=ACCOUNT))
OTHER = an_item(form("account", refund=ACCOUNT, note=text("说明")))
HELD = {"holder": "王小明", "bank": "甲", "balance": "5"}


def filled(item: Any, *earlier: Any, profile: dict[str, object] = ME) -> dict[str, Any]:
    return prefilling.prefill(item, profile, earlier).form


def test_an_earlier_block_is_carried_over_under_whichever_name_it_had() -> None:
    found = prefilling.prefill(ITEM, ME, [(OTHER, {"refund": HELD, "note": "x"})])

    assert found.form == {"account": {"holder": "王小明", "bank": "甲"}}
    assert {each.path: each.source for each in found.sources} == {
        "account.bank": "earlier_case",
        "account.holder": "profile",
    }
    assert found.share == 1


def test_of_several_earlier_forms_the_newest_that_fits_counts() -> None:
    older, newer = HELD | {"bank": "乙"}, HELD | {"bank": "甲"}
    another = HELD | {"holder": "李四", "bank": "丙"}

    assert filled(ITEM, (ITEM, {"account": newer}), (ITEM, {"account": older})) == {
        "account": {"holder": "王小明", "bank": "甲"}
    }
    assert filled(ITEM, (ITEM, {"account": another}), (ITEM, {"account": older})) == {
        "account": {"holder": "王小明", "bank": "乙"}
    }


@pytest.mark.parametrize(
    "earlier",
    [
        # Filled in for somebody else.
        {"account": HELD, "agent": {"name": "李四"}},
        # Somebody else's account.
        {"account": HELD | {"holder": "李四"}},
        # An answer that the form has no more.
        {"account": HELD | {"branch": "x"}},
        # Nothing was answered.
        {"account": {}},
        {"account": None},
        {},
        {"refund": HELD},
    ],
)
def test_what_may_not_be_carried_over_leaves_what_the_profile_knows(
    earlier: dict[str, Any],
) -> None:
    assert filled(ITEM, (ITEM, earlier)) == {"account": {"holder": "王小明"}}


def test_a_block_that_is_not_of_the_library_or_of_another_is_not_carried_over() -> None:
    plain = {name: value for name, value in ACCOUNT.items() if name != "x-carried"}
    named = ACCOUNT | {"x-carried": "wallet"}

    for item in (an_item(form("account", account=plain)), an_item(form("account", account=named))):
        assert filled(item, (ITEM, {"account": HELD})) == {"account": {"holder": "王小明"}}
        assert filled(ITEM, (item, {"account": HELD})) == {"account": {"holder": "王小明"}}


def test_a_block_about_one_of_two_is_left_open() -> None:
    item = an_item(form("child", child=CHILD))
    one, other = {"name": "王一", "school": "甲"}, {"name": "王二", "school": "乙"}

    assert filled(item, (item, {"child": one})) == {"child": one}
    newer = one | {"school": "丙"}
    assert filled(item, (item, {"child": newer}), (item, {"child": one})) == {"child": newer}
    assert filled(item, (item, {"child": one}), (item, {"child": other})) == {}
    # What was filled in for somebody else tells nothing of one's own children.
    agent = {"child": other, "agent": {}}
    assert filled(item, (item, {"child": one}), (item, agent)) == {"child": one}


def test_without_a_proven_name_nobodys_name_is_carried_over() -> None:
    masked = block({"holder": text("户名", x_mask="name")}, "holder", x_carried="a")
    inside = block({"members": MEMBERS | {"items": masked}}, "members", x_carried="b")
    plain = block({"bank": text("银行")}, "bank", x_carried="c")
    nobody: dict[str, object] = {"phone": "13900139000"}
    answers = {"a": {"holder": "王"}, "b": {"members": [{"holder": "王"}]}, "c": {"bank": "甲"}}

    for name, schema in (("a", masked), ("b", inside), ("c", plain)):
        item = an_item(form(name, **{name: schema}))
        told = {name: answers[name]}
        assert filled(item, (item, told)) == told, name
        assert filled(item, (item, told), profile=nobody) == (told if name == "c" else {}), name


def test_what_passes_is_asked_anew_in_lists_too() -> None:
    item = an_item(form("family", family=FAMILY))
    answers = {"members": [{"name": "王一", "income": "9"}, {"name": "王二"}], "since": "2020"}

    assert filled(item, (item, {"family": answers})) == {
        "family": {"members": [{"name": "王一"}, {"name": "王二"}], "since": "2020"}
    }


APPLICANT = block({"name": text("姓名", x_profile="name"), "sex": text("性别")}, "sex")
CONTACT = block({"phone": text("电话", x_profile="phone")})
EXTRA = block({"phone": text("电话", x_profile="phone"), "hour": text("时间")})
ALL = an_item(
    form("applicant", "note", applicant=APPLICANT, contact=CONTACT, extra=EXTRA, note=text("说明"))
)


def test_blocks_that_need_not_be_there_are_not_begun_unless_the_profile_is_all_of_them() -> None:
    assert filled(ALL) == {"applicant": {"name": "王小明"}, "contact": {"phone": "13900139000"}}
    assert filled(ALL, profile={"name": "王小明"}) == {"applicant": {"name": "王小明"}}
    assert filled(ALL, profile={}) == {}


def test_the_share_counts_each_answer_that_must_be_there() -> None:
    assert prefilling.required(ALL) == ["applicant.name", "applicant.sex", "contact.phone", "note"]
    assert prefilling.prefill(ALL, ME).share == 0.5
    assert prefilling.prefill(ALL, {}).share == 0
    assert prefilling.prefill(ALL, {"phone": "13900139000"}).share == 0.25


def test_of_a_form_that_asks_for_nothing_all_is_known() -> None:
    assert prefilling.prefill(an_item(form()), ME) == ({}, [], 1)
    assert prefilling.prefill(an_item(form(note=text("说明"))), ME) == ({}, [], 1)
