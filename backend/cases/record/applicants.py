"""Where an applicant is told of a case."""

from backend.cases.record.snapshot import Snapshot
from backend.identity import persons
from notifications.telling.recipients import Applicant, Resident


async def of(case: Snapshot) -> list[Applicant]:
    """The account that filed it; of a case filed for somebody the person, in all their accounts."""
    if case.resident_id is not None:
        return [Resident(case.resident_id)]
    return await persons.inboxes(case.subject_id) if case.subject_id else []
