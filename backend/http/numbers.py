"""Numbers of a body as they were written: Python's would drop the digits they cannot hold."""

import json
import re
from collections.abc import Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, InvalidOperation, Underflow

# A float holds 15 digits as written; texts are mostly passed over by their quotation mark.
_LONG = re.compile(rb"[\s:\[,]-?(?:[0-9.]{17}|[0-9.]{1,16}[eE])")

_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, Underflow])


# The widest whole numbers that our writer of JSON takes, and how long the longest is.
_LEAST_WHOLE, _GREATEST_WHOLE, _LONGEST_WHOLE = -(2**63), 2**64 - 1, 20


class _Lost:
    """Stands for a number that could not be kept as it was written."""


def suspect(raw: bytes) -> bool:
    """Whether a number may be one that cannot be kept: a first look, mostly the only one."""
    # The pattern begins with a set of bytes, which is looked for many times as fast as a choice
    # with the start; so that is made one of them.
    return _LONG.search(b"\n" + raw) is not None


def places(raw: bytes) -> list[str]:
    """Where numbers stand that cannot be kept as written, as dotted names; "" for the top.

    Nothing for what is no JSON: whoever reads the body next says so.
    """
    try:
        content = json.loads(raw, parse_float=_kept, parse_int=_whole)
    except (ValueError, RecursionError):
        return []
    return list(_places(content))


def _kept(written: str) -> object:
    read = float(written)
    return read if _same(written, read) else _Lost()


def _whole(written: str) -> object:
    # Python refuses to read very long ones.
    if len(written) > _LONGEST_WHOLE:
        return _Lost()
    return 0 if _LEAST_WHOLE <= int(written) <= _GREATEST_WHOLE else _Lost()


def _same(written: str, read: float) -> bool:
    try:
        return _EXACT.create_decimal(written) == _EXACT.create_decimal(repr(read))
    except (InvalidOperation, Underflow):  # an exponent beyond Decimal's own
        return False


def _places(value: object, at: str = "") -> Iterator[str]:
    if isinstance(value, _Lost):
        yield at
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, f"{at}.{number}" if at else str(number))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, f"{at}.{name}" if at else name)
