"""What past cases of an item brought after each status: how many messages are still to be expected."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.base import uuid7
from models.case import CaseStatus

STATUSES = 'DRAFT: draft\nSUBMITTED: submitted\nSUPPLEMENT_REQUESTED: supplement_requested\nACCEPTED: accepted\nUNDER_REVIEW: under_review\nSUSPENDED: suspended\nAPPROVED: approved\nDENIED: denied\nDELIVERED: delivered\nCLOSED: closed\nDECLINED: declined\nWITHDRAWN: withdrawn\nTERMINATED: terminated\nDISPATCHED: dispatched\nDONE: done\nENROLLED: enrolled'


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("models", "0026_recusals")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.CreateModel(name='CaseOutlook', fields=[
            ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
            ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ('item_id', fields.CharField(max_length=50)),
            ('status', fields.CharEnumField(description=STATUSES, enum_type=CaseStatus, max_length=32)),
            ('step', fields.IntField()),
            ('template', fields.CharField(max_length=64)),
            ('cases', fields.IntField()),
            ('act', fields.FloatField()),
            ('result', fields.FloatField()),
            ('info', fields.FloatField()),
        ], options={'table': 'case_outlook', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What past cases of an item brought on average after they came to a status at a step.'}, bases=['Record']),
        ops.RunSQL([
            "CREATE UNIQUE INDEX case_outlook_once ON case_outlook (item_id, status, step, template)",
        ]),
    ]
