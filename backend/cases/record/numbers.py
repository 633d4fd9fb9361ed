"""Case numbers: district (6) + date (8) + sequence (6) + check digit, and the secret query code."""

import secrets
from collections import deque
from datetime import date

from config.database import connection

BLOCK = 50
LENGTH = 21
_waiting: deque[int] = deque()


def check_digit(digits: str) -> str:
    """The check digit of ISO/IEC 7064 MOD 11,10: finds every wrong digit and most swaps."""
    carry = 10
    for digit in digits:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def is_case_number(text: str) -> bool:
    """Whether the text is a whole case number with a right check digit."""
    return (
        len(text) == LENGTH
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == text[-1]
    )


async def next_number(district_code: str, day: date) -> str:
    """A new case number; sequences are taken from the database in blocks, gaps are usual."""
    if not _waiting:
        rows = await connection().execute_query_dict(
            "SELECT nextval('case_number_seq') AS n FROM generate_series(1, $1::int)", [BLOCK]
        )
        _waiting.extend(row["n"] for row in rows)
    digits = f"{district_code[:6]}{day:%Y%m%d}{_waiting.popleft():06d}"
    return digits + check_digit(digits)


def query_code() -> str:
    """Six random digits that together with the number let anybody ask for the state of a case."""
    return f"{secrets.randbelow(1_000_000):06d}"
