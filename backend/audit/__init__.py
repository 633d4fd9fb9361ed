"""The access log 访问日志: reading, logging in and granting are acts, and are recorded."""

from backend.audit.log import OPERATOR, UNKNOWN, Act, Actor, attempt, record
from backend.audit.origin import Origin, come_from, current

__all__ = [
    "OPERATOR",
    "UNKNOWN",
    "Act",
    "Actor",
    "Origin",
    "attempt",
    "come_from",
    "current",
    "record",
]
