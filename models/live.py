"""What staff hear of while they listen: thin events, kept for a while for who comes again."""

from tortoise import fields

from models.base import Strict


class StaffEvent(Strict):
    """Something of a task or message has changed; triggers write it in the change's transaction.

    For whoever sees the unit, of a message with the role, or for one member of staff; the ids are
    of things that may be gone. A number is drawn before its transaction ends.
    """

    seq = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=16)
    unit_id = fields.CharField(max_length=24, null=True)
    role = fields.CharField(max_length=16, null=True)
    staff_id = fields.UUIDField(null=True)
    by_staff_id = fields.UUIDField(null=True)
    case_id = fields.UUIDField(null=True)
    task_id = fields.UUIDField(null=True)
    message_id = fields.UUIDField(null=True)

    class Meta:
        table = "staff_event"
