"""What Alibaba reports of short messages, to an address that only it knows."""

import hmac
from datetime import datetime

from backend.messages.refusals import ReportAddressUnknown, ReportsInvalid
from config.settings import settings
from notifications.channels.sms import reports


async def take(token: str, body: bytes, *, now: datetime) -> None:
    """Record what is reported; the same again changes nothing.

    ReportAddressUnknown where the token is not ours, ReportsInvalid for what is no list of reports.
    """
    ours = settings().sms_report_token
    if not ours or not hmac.compare_digest(ours.encode(), token.encode()):
        raise ReportAddressUnknown
    try:
        told = reports.parse(body)
    except reports.ReportsRefused:
        raise ReportsInvalid from None
    await reports.take(told, now=now)
