"""How an item's cases go their way, and how many places a course has."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.case import CaseStatus
from models.catalogue import Flow

_STATUS = "\n".join(f"{status.name}: {status.value}" for status in CaseStatus)
STATEMENTS = [
    'ALTER TABLE "case" DROP CONSTRAINT case_outcome_known',
    """ALTER TABLE "case" ADD CONSTRAINT case_outcome_known
       CHECK (outcome IN ('approved', 'denied', 'done', 'enrolled'))""",
]


class Migration(migrations.Migration):
    """Versions of before are of the flow that all cases went."""

    dependencies = [("models", "0018_case_without_account")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="ItemVersion",
            name="flow",
            field=fields.CharEnumField(description="APPROVAL: approval\nREQUEST: request\nBOOKING: booking\nENROL: enrol", enum_type=Flow, max_length=16, db_default=Flow.APPROVAL),
        ),
        *(
            ops.AlterField(
                model_name=model,
                name=name,
                field=fields.CharEnumField(description=_STATUS, enum_type=CaseStatus, max_length=32, null=null),
            )
            for model, name, null in (
                ("Case", "status", False),
                ("Case", "resume_status", True),
                ("CaseEvent", "before", True),
                ("CaseEvent", "after", False),
            )
        ),
        ops.RunSQL(STATEMENTS),
        ops.AddField(model_name="ItemVersion", name="places", field=fields.IntField(null=True)),
    ]
