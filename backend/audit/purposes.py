"""Why somebody's data are looked up."""

from enum import StrEnum


class AccessPurpose(StrEnum):
    """What for; kept in the access log, and shown to whom the data are of."""

    INTAKE = "intake"
    PROGRESS = "progress"
    CONTACT = "contact"
    CHECK = "check"
    PAYMENT = "payment"
    DELIVERY = "delivery"
    COMPLAINT = "complaint"
