"""The second line of defence of the log: what looks like personal data or a secret is masked."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

MASK = "***"
SHORTEST = 8
SECRET_KEY = re.compile(
    r"(?:^|_)(?:phone|mobile|id_number|id_card|real_name|address|openid|unionid|session_key|token"
    r"|secret|password|authorization|cookie|js_code|invite|encrypted_data|aes_key|credential)$",
    re.IGNORECASE,
)
SECRET_VALUE = re.compile(
    r"(?P<before>(?:token|secret|session_key|js_code|password|openid)[\"']?\s?[=:]\s?[\"']?"
    r"|://[^\s:/@]+:|\bBearer\s)[^\s&\"'@,}]+"
    # A resident's ID number: division, birth date, sequence, check character.
    r"|(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![0-9A-Za-z])"
    # A mobile number, with or without its country code.
    r"|(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])"
    # Signed tokens, WeChat's openid, WeChat's access tokens.
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?<![\w-])o[\w-]{27}(?![\w-])"
    r"|(?<![\w-])[\w-]{80,}(?![\w-])",
    re.IGNORECASE | re.ASCII,
)


def scrub(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: mask by the name of a field and by the look of its value."""
    for key, value in event.items():
        if value and _secret(key):
            event[key] = MASK
        elif not isinstance(value, str) or len(value) >= SHORTEST:
            event[key] = _masked(value)
    return event


def masked(text: str) -> str:
    """The text without what looks like personal data or a secret."""
    return SECRET_VALUE.sub(lambda found: (found["before"] or "") + MASK, text)


@lru_cache(1000)
def _secret(key: str) -> bool:
    return SECRET_KEY.search(key) is not None


def _masked(value: object) -> object:
    if isinstance(value, str):
        return masked(value) if len(value) >= SHORTEST else value
    if value is None or isinstance(value, (int, float)):
        return MASK if isinstance(value, int) and _like_a_number_of_a_person(value) else value
    if isinstance(value, Mapping):
        return {
            key: MASK if item and _secret(str(key)) else _masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return masked(str(value))


def _like_a_number_of_a_person(value: int) -> bool:
    return value >= 10**10 and SECRET_VALUE.fullmatch(str(value)) is not None
