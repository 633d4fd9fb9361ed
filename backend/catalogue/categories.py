"""What an item is listed under, and what it is marked with."""

from enum import StrEnum
from typing import Literal

Flag = Literal[
    "agent_common", "home_visit", "urgent", "fast_track", "commitment_allowed", "commercial"
]


class Category(StrEnum):
    """What kind of service an item is, which sets how surely the applicant must be known."""

    BENEFIT = "benefit"
    CERTIFICATE = "certificate"
    REGISTRATION = "registration"
    REPAIR = "repair"
    COMPLAINT = "complaint"
    BOOKING = "booking"
    COURSE = "course"
    INFORMATION = "information"


CATEGORIES = {
    Category.BENEFIT: "补贴救助",
    Category.CERTIFICATE: "证件证明",
    Category.REGISTRATION: "登记备案",
    Category.REPAIR: "报修",
    Category.COMPLAINT: "投诉举报",
    Category.BOOKING: "预约服务",
    Category.COURSE: "课程活动",
    Category.INFORMATION: "咨询查询",
}
"""What residents call each category, in the order they are shown."""
