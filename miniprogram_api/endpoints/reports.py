"""Where Alibaba tells what became of short messages."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.answers import Answer
from backend.http.body import Query
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.messages import reports
from backend.messages.refusals import ReportAddressUnknown, ReportsInvalid

routes = Routes(
    "sms", prefix="/sms", guard=Guard.OPEN, unrecorded="answers Alibaba nothing of anybody"
)


class ReportAddress(Query):
    """The secret of the address: the reports are not signed."""

    token: Annotated[str, Field(max_length=64)] = ""


class ReportsTaken(TypedDict):
    """What Alibaba must be answered, so that it does not report again."""

    code: int
    msg: str


@routes.post(
    "/reports",
    query=ReportAddress,
    keyed=Keyed.NO,
    errors=(ReportAddressUnknown, ReportsInvalid),
    limit=Limit.WECHAT,
)
async def take_reports(call: Call[Nothing, ReportAddress]) -> Answer[ReportsTaken]:
    """Take what became of short messages; the same report again changes nothing."""
    await reports.take(call.query.token, call.request.body, now=call.now)
    return Answer({"code": 0, "msg": "接收成功"})
