"""Formats and a keyword beyond JSON Schema's own, and the one way to compile a form's schema."""

from typing import Any

import jsonschema_rs

from backend.identity import id_number
from config import clock

_CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE_LENGTH = 18

DECIMALS = "x-decimals"
"""So many decimals at most. As `multipleOf: 0.01`, JavaScript's validators would refuse 0.07."""

NOT_BLANK = r"\S"
"""The pattern of a text in which something must be seen."""

Validator = jsonschema_rs.Draft202012Validator


def is_id_number(text: str) -> bool:
    """A citizen's ID number with the right check digit and a real birth date (GB 11643)."""
    # A format is asked with nothing but the text.
    today = clock.city_day(clock.now())
    return id_number.fault(id_number.canonical(text), today=today) is None


def is_credit_code(text: str) -> bool:
    """A unified social credit code with the right check character (GB 32100)."""
    if len(text) != _CREDIT_CODE_LENGTH or any(sign not in _CREDIT_CODE for sign in text):
        return False
    total = sum(_CREDIT_CODE.index(sign) * pow(3, n, 31) for n, sign in enumerate(text[:-1]))
    return _CREDIT_CODE[-total % 31] == text[-1]


class _Decimals:
    def __init__(self, _parent: object, most: int, _path: object) -> None:
        self._most = most

    def validate(self, number: object) -> None:
        """ValueError for more decimals than that."""
        if isinstance(number, float) and round(number, self._most) != number:
            raise ValueError


def compiled(schema: dict[str, Any]) -> Validator:
    """The schema's validator with what is ours; raises jsonschema_rs.ValidationError if unsound."""
    jsonschema_rs.meta.validate(schema)
    return Validator(
        schema,
        validate_formats=True,
        formats={"id-number": is_id_number, "credit-code": is_credit_code},
        keywords={DECIMALS: _Decimals},
    )
