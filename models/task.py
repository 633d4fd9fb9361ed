"""Tasks 任务: what of cases is in which unit's hands, and how staff look at them."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields.relational import ForeignKeyNullableRelation, ForeignKeyRelation

from models.base import Record
from models.case import Case
from models.organisation import OrgUnit, Role, Staff


class Task(Record):
    """One step of one case in one unit's hands; several may be open.

    The one at the case's step with its holder brings the case on. `item_code` repeats the case's
    for the indexes of the to-do; older tasks have none. `warned_for` is the due date that the unit
    was told is near, `overdue_for` the one that it was told has passed.
    """

    case: ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", "tasks", on_delete=fields.RESTRICT
    )
    item_code = fields.CharField(max_length=50, null=True)
    step = fields.IntField()
    unit: ForeignKeyRelation[OrgUnit] = fields.ForeignKeyField(
        "models.OrgUnit", "tasks", on_delete=fields.RESTRICT, db_constraint=False
    )
    role = fields.CharEnumField(Role, max_length=16)
    assignee: ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "tasks", null=True, on_delete=fields.RESTRICT
    )
    due_at = fields.DatetimeField(null=True)
    warned_for = fields.DatetimeField(null=True)
    overdue_for = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "task"


class TaskFilter(Record):
    """How a member of staff looks at the to-do, under a name of their own, which is sealed."""

    staff: ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", "task_filters", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    name_sealed = fields.BinaryField()
    name_hash = fields.CharField(max_length=64)
    query = fields.JSONField[dict[str, Any]]()

    class Meta:
        table = "task_filter"
