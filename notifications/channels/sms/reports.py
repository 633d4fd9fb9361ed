"""What Alibaba reports of a short message that it had taken: delivered, or not.

Its reports are not signed: whoever can send one knows the secret of the address they come to.
"""

from datetime import datetime
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from config.database import connection
from notifications.channels.attempts import PROVIDER_ID_MAX
from notifications.channels.sms import statements

MOST = 1000

log = structlog.get_logger(__name__)


class Report(BaseModel):
    """What we read of one; it has more, the number among it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    out_id: str = Field("", max_length=64)
    biz_id: str = Field("", max_length=PROVIDER_ID_MAX)
    success: bool
    err_code: str = Field("", max_length=64)


_REPORTS = TypeAdapter(list[Report])


class ReportsRefused(Exception):
    """What came is no list of reports."""


def parse(body: bytes) -> list[Report]:
    """The reports; ReportsRefused for anything else, and for more than come at once."""
    try:
        reports = _REPORTS.validate_json(body)
    except ValidationError:
        raise ReportsRefused from None
    if len(reports) > MOST:
        raise ReportsRefused
    return reports


async def take(reports: list[Report], *, now: datetime) -> None:
    """Write what they say; one that comes again, or is of another's message, changes nothing."""
    for report in reports:
        try:
            delivery = UUID(report.out_id)
        except ValueError:
            continue  # of whoever else sends from the account
        code = report.err_code.replace("\0", "")
        reason = None if report.success else f"运营商未送达（{code}）"
        rows = await connection().execute_query_dict(
            statements.REPORT,
            [delivery, report.biz_id.replace("\0", ""), report.success, reason, now],
        )
        if rows and report.success and rows[0]["error"]:
            log.error("sms_delivered_twice", delivery=report.out_id)
