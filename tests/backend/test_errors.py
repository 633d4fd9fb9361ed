import re
from collections.abc import Iterator

import pytest

from backend.appointments.rules.refusals import SlotFull, TooManyBookings
from backend.errors import Conflict, InvalidParam, ServiceError, TooMany
from backend.http.openapi.refusals import all_of
from backend.http.problems import status_of
from miniprogram_api import server

PARTS = re.compile(r"\{(\w+)\}")


def below(top: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for each in top.__subclasses__():
        yield each
        yield from below(each)


def refusals() -> list[type[ServiceError]]:
    """Those of the product, without the made-up ones of tests."""
    found = [each for each in below(ServiceError) if hasattr(each, "code")]
    return [each for each in found if not each.__module__.startswith("tests.")]


def test_a_refusal_has_its_code_and_its_words_from_its_class() -> None:
    assert (SlotFull.code, SlotFull.kind, SlotFull.title) == (
        "slot_full", "conflict", Conflict.title
    )  # fmt: skip
    assert SlotFull().detail == "这个时段已约满，请换一个时段"
    assert SlotFull.advice == "这个时段已约满。请重新读取时段，另选一个。"


def test_what_an_answer_says_instead_and_how_long_to_wait_may_be_given() -> None:
    wrong = [InvalidParam("a", "b", "c")]
    refused = SlotFull("别处约满", invalid_params=wrong, retry_after=7)

    assert (refused.detail, refused.invalid_params, refused.retry_after) == ("别处约满", wrong, 7)
    assert (SlotFull().invalid_params, SlotFull().retry_after) == ((), None)


def test_a_sentence_is_filled_in_where_it_varies() -> None:
    assert TooManyBookings().detail == "每人最多保留3个未办理的预约，请先取消不需要的预约"


def test_a_code_belongs_to_one_class() -> None:
    with pytest.raises(TypeError, match="has the code of"):
        type("SlotFull", (Conflict,), {"__doc__": "又一个"})


def test_a_refusal_without_words_is_none() -> None:
    with pytest.raises(TypeError, match="says nothing"):
        type("Wordless", (Conflict,), {})


def test_a_kind_is_never_raised_itself() -> None:
    with pytest.raises(AttributeError):
        Conflict()
    assert not any("code" in vars(kind) for kind in (Conflict, TooMany))


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.code)
def test_a_refusal_is_sound(refusal: type[ServiceError]) -> None:
    assert refusal.__module__.endswith(".refusals")
    assert re.search(r"[\u4e00-\u9fff]", refusal.sentence)
    assert not re.search(r"\s$|[。！？]$", refusal.sentence)
    assert refusal.advice.endswith("。")
    assert set(PARTS.findall(refusal.sentence)) == refusal.example.keys()
    assert not PARTS.search(refusal.advice.replace(f"{refusal.sentence}。", ""))
    assert 400 <= status_of(refusal) < 600


def test_there_is_no_refusal_that_nobody_can_be_answered() -> None:
    answered = all_of([spec for group in server.GROUPS for spec in group.specs])
    by_command = {"post_held", "post_not_found", "staff_left", "unit_unknown"}
    assert {each.code for each in refusals()} == {each.code for each in answered} | by_command
