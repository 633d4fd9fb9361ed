"""The access log 访问日志: reading, logging in and granting are acts, and are recorded."""

from backend.audit.log import Act, Actor, record
from backend.audit.origin import Origin, come_from

__all__ = ["Act", "Actor", "Origin", "come_from", "record"]
