"""What keeps repeated requests and periodic jobs safe."""

from tortoise import fields
from tortoise.indexes import Index

from models.base import Strict


class IdempotencyKey(Strict):
    """The first answer to a keyed POST, sealed, kept a day; the primary key is (owner, key)."""

    id = fields.CharField(max_length=200, primary_key=True)
    body_hash = fields.BinaryField()
    status = fields.IntField()
    answer = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_key"


class QueryTry(Strict):
    """One try to read a case by number and query code; `key` is the blinded number or address."""

    id = fields.BigIntField(primary_key=True, generated=True)
    key = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "query_try"
        indexes = (Index(fields=("key", "at")),)


class Job(Strict):
    """A periodic job and when it last ended; a job overdue is seen by /readyz."""

    name = fields.CharField(max_length=64, primary_key=True)
    ended_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "job"
