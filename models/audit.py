"""The access log 访问日志: who read whose data, logged in or granted what."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.base import Strict


class AccessRecord(Strict):
    """One act, never changed or deleted; the database gives `seq`, `at` and `hash`.

    `hash` covers the row and the hash of the row before it.
    """

    seq = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=16)
    actor_id = fields.UUIDField(null=True)
    posts = fields.JSONField[list[str]]()
    action = fields.CharField(max_length=32)
    object_kind = fields.CharField(max_length=16, null=True)
    object_id = fields.CharField(max_length=64, null=True)
    resident_id = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=64, null=True)
    details = fields.JSONField[dict[str, Any]]()
    request_id = fields.CharField(max_length=64)
    address_hash = fields.CharField(max_length=64, null=True)
    hash = fields.BinaryField()

    class Meta:
        table = "access_log"
        indexes = (Index(fields=("resident_id", "seq")), Index(fields=("actor_id", "seq")))


class AccessHead(Strict):
    """The access log's last row, in the one row here; kept by the database, and it only grows.

    A log whose end was cut no longer reaches it.
    """

    id = fields.SmallIntField(primary_key=True, generated=False)
    seq = fields.BigIntField()
    hash = fields.BinaryField()

    class Meta:
        table = "access_log_head"
