"""Mobile numbers, as WeChat and windows give them."""

import re

_MOBILE = re.compile(r"1\d{10}", re.ASCII)


def is_mobile(text: str) -> bool:
    """Whether it is a whole number of a mobile phone of the mainland, without prefix."""
    return _MOBILE.fullmatch(text) is not None
