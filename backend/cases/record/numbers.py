"""Case numbers: district (6) + date (8) + sequence (6) + check digit, and the secret query code."""

import secrets
from datetime import date

from backend.numbers import Serials, check_digit, digits

LENGTH = 21
serials = Serials("case_number_seq")


def is_case_number(text: str) -> bool:
    """Whether the text is a whole case number with a right check digit."""
    return (
        len(text) == LENGTH
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == text[-1]
    )


async def next_number(district_code: str, day: date) -> str:
    """A new case number; the next one need not follow it."""
    number = f"{district_code[:6]}{digits(day)}{await serials.take()}"
    return number + check_digit(number)


def query_code() -> str:
    """Six random digits that together with the number let anybody ask for the state of a case."""
    return f"{secrets.randbelow(1_000_000):06d}"
