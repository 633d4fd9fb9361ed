"""Citizens' ID numbers (GB 11643-1999): 17 digits, of which 7 to 14 the birth date, and a check."""

import re
from datetime import date
from operator import mul

_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_EARLIEST_BIRTH = 1880


def canonical(text: str) -> str:
    """The one spelling that is stored and hashed: no spaces around, upper-case X."""
    return text.strip().upper()


def fault(number: str, *, today: date) -> str | None:
    """What is wrong with a canonical number, in Chinese for its holder; None if it is sound."""
    if not _SHAPE.fullmatch(number):
        return "身份证号码应为18位，由17位数字和1位数字或X组成"
    total = sum(map(mul, _WEIGHTS, map(int, number[:-1])))
    if _CHECK_DIGITS[total % 11] != number[-1]:
        return "身份证号码校验位不正确，请核对"
    birth = birth_date(number)
    if birth is None or birth.year < _EARLIEST_BIRTH:
        return "身份证号码中的出生日期不存在，请核对"
    if birth > today:
        return "身份证号码中的出生日期晚于今天，请核对"
    return None


def birth_date(number: str) -> date | None:
    """The birth date a number of 18 characters holds; None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
