"""Codes, numbers, and until when somebody may complain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.acts import notice
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries as cases
from backend.numbers import check_digit
from backend.papers import codes, composing, issuers, remedies
from backend.papers.wording import words
from models import PaperKind, Role
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case, staff

# Counted by hand on a calendar: sixty days, then six months.
UNTIL = [
    ("2026-11-26", "2027-01-25", "2027-05-26"),
    ("2026-08-31", "2026-10-30", "2027-02-28"),  # 国庆节 within counts; February is shorter
    ("2026-09-25", "2026-11-24", "2027-03-25"),
    ("2026-02-10", "2026-04-11", "2026-08-10"),  # 春节 within counts
    ("2026-12-31", "2027-03-01", "2027-06-30"),
    ("2027-08-29", "2027-10-28", "2028-02-29"),  # a leap year
    ("2026-10-02", "2026-12-01", "2027-04-02"),  # received on a holiday
    ("2026-08-02", "2026-10-01", "2027-02-02"),  # ends on one: the paper says that it moves
]
LETTER = st.sampled_from(codes.LETTERS)


@pytest.mark.parametrize(("received", "reconsideration", "action"), UNTIL)
def test_holidays_count_and_the_day_itself_does_not(
    received: str, reconsideration: str, action: str
) -> None:
    found = remedies.until(date.fromisoformat(received))

    assert [each.isoformat() for each in found] == [reconsideration, action]


def test_a_code_is_unguessable_and_read_however_it_is_typed() -> None:
    many = {codes.new() for _ in range(1000)}

    assert len(many) == 1000
    assert len(codes.LETTERS) ** codes.RANDOM >= 2**60
    for code in list(many)[:20]:
        assert codes.canonical(f" {codes.grouped(code).lower()} ") == code
        assert not codes.mistyped(code)


@given(st.integers(0, codes.RANDOM), LETTER)
def test_each_wrong_letter_is_a_slip(place: int, letter: str) -> None:
    code = codes.new()
    wrong = code[:place] + letter + code[place + 1 :]

    assert codes.mistyped(wrong) == (wrong != code)


@pytest.mark.parametrize("wrong", ["", "K7QM", "0" * 16, "K7QM9X2HT4RW8BI1", "文书" * 8])
def test_what_no_code_looks_like_is_a_slip(wrong: str) -> None:
    assert codes.mistyped(codes.canonical(wrong))


def test_the_digits_of_numbers_are_checked_as_before() -> None:
    assert check_digit("0794") == "5"  # the example of ISO/IEC 7064


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (COMMUNITY, ("沈阳市和平区浑河湾第一社区", "沈和社", "沈阳市和平区人民法院")),
        (ELSEWHERE, ("沈阳市沈河区滨河第一社区", "沈沈河社", "沈阳市沈河区人民法院")),
        ("210102001000", ("沈阳市和平区浑河湾街道", "沈和街", "沈阳市和平区人民法院")),
        ("210102-MZ", ("沈阳市和平区民政局", "沈和民", "沈阳市和平区人民法院")),
        ("210102-RS", ("沈阳市和平区人力资源和社会保障局", "沈和人社", "沈阳市和平区人民法院")),
        ("210102-FC", ("沈阳市和平区房产局", "沈和房", "沈阳市和平区人民法院")),
        ("210100-QX", ("沈阳市气象局", "沈气", "有管辖权的基层人民法院")),
    ],
)
async def test_an_issuer_has_its_full_name_and_letters(
    city: None, unit: str, said: tuple[str, str, str]
) -> None:
    found = issuers.of(unit, words())

    assert (found.name, found.series, found.court) == said
    assert issuers.series(found, "决", NOW) == f"{said[1]}决字〔2026〕"


async def test_of_a_county_the_city_is_not_said_and_taxes_go_their_own_way(city: None) -> None:
    county = issuers.of("210123-MZ", words())
    taxes = issuers.of("210102-SW", words())

    assert county.name == "康平县民政局"
    assert county.reconsideration == "康平县人民政府"
    assert taxes.reconsideration == "上一级税务机关"


async def test_a_notice_names_the_windows_that_take_in_what_is_missing(city: None) -> None:
    case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
    asked = [Defect(material_code="id_card", reason="照片模糊")]
    await notice.request_supplement(
        case.id, by=clerk, seen=1, now=NOW, defects=asked, note=None, override_reason=None
    )
    case = await cases.one(case.id)
    online, at_home = (
        "您可以在小程序中打开该办件在线补正。",
        "您也可以到沈阳市和平区浑河湾第一社区的窗口提交。",
    )
    there = "您也可以到代为提交的沈阳市沈河区滨河第一社区的窗口提交。"

    for known, said in (
        (case, [online, at_home]),
        (case._replace(received_unit_code=COMMUNITY), [online, at_home]),
        (case._replace(received_unit_code=ELSEWHERE), [online, at_home, there]),
        (case._replace(subject_id=None), [online]),
    ):
        kind, event = PaperKind.SUPPLEMENT_NOTICE, known.events[-1]
        paper = await composing.ready(known, event, kind, served="")
        assert paper.says(number="1", code="K7QM9X2HT4RW8BEL")["closing"] == said


async def test_a_receipt_names_who_took_the_case_in(city: None) -> None:
    case = await cases.one((await a_case()).id)

    for known, name in (
        (case, "沈阳市和平区浑河湾第一社区"),
        (case._replace(received_unit_code=ELSEWHERE), "沈阳市沈河区滨河第一社区"),
    ):
        paper = await composing.ready(known, known.events[0], PaperKind.RECEIPT, served="")
        said = paper.says(number="1", code="K7QM9X2HT4RW8BEL")
        assert said["opening"][0].startswith(f"{name}于2026年3月9日收到您")
        assert said["issuer"] == "沈阳市和平区浑河湾第一社区"
