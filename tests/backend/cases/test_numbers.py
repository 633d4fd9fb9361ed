from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.record import numbers
from backend.numbers import check_digit

DIGITS = st.text("0123456789", min_size=20, max_size=20)


@given(digits=DIGITS, place=st.integers(0, 20), wrong=st.integers(1, 9))
def test_every_single_wrong_digit_is_found(digits: str, place: int, wrong: int) -> None:
    number = digits + check_digit(digits)
    changed = str((int(number[place]) + wrong) % 10)

    assert numbers.is_case_number(number)
    assert not numbers.is_case_number(number[:place] + changed + number[place + 1 :])


def test_the_check_digit_is_that_of_the_standard() -> None:
    # The example of ISO/IEC 7064 MOD 11,10.
    assert check_digit("0794") == "5"


@pytest.mark.parametrize("text", ["", "21010220260315", "２" * 21, "x" * 21, "1" * 22])
def test_other_texts_are_no_case_numbers(text: str) -> None:
    assert not numbers.is_case_number(text)


async def test_numbers_carry_district_and_day_and_never_repeat(database: None) -> None:
    async def take(many: int) -> list[str]:
        return [await numbers.next_number("210102001001", date(2026, 3, 15)) for _ in range(many)]

    made = await take(120)

    assert len(set(made)) == 120
    assert all(number.startswith("21010220260315") for number in made)
    assert all(numbers.is_case_number(number) for number in made)


def test_query_codes_are_six_digits() -> None:
    codes = {numbers.query_code() for _ in range(50)}

    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 40
