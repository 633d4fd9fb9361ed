"""Which files still count for what a resident may keep."""

from datetime import timedelta

import pytest
from tortoise import timezone

from backend.files import operations, owners
from backend.files.owners import Owner
from backend.files.refusals import FileQuotaExceeded
from backend.identity.actors import ResidentActor
from config import clock
from models import CaseMaterial, CaseStatus, StoredFile
from tests.backend.cases.factories import a_case, a_file, an_actor
from tests.backend.files.pictures import PDF

pytestmark = pytest.mark.usefixtures("city")
WHOLE_QUOTA = 300 * owners.MEGABYTE


async def is_full(resident: ResidentActor) -> bool:
    """Whether nothing more of the resident is taken."""
    try:
        await operations.upload(
            Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
        )
    except FileQuotaExceeded:
        return True
    return False


@pytest.mark.parametrize(
    ("status", "counts"),
    [(CaseStatus.SUBMITTED, True), (CaseStatus.DECLINED, True), (CaseStatus.ACCEPTED, False)],
)
async def test_the_papers_of_a_case_count_until_it_is_accepted(
    status: CaseStatus, *, counts: bool
) -> None:
    resident = await an_actor()
    case, paper = await a_case(status, by=resident), await a_file(resident)
    await StoredFile.filter(id=paper).update(size=WHOLE_QUOTA)
    await CaseMaterial.create(
        case_id=case.id, code="id_card", file_id=paper, created_at=clock.now()
    )

    assert await is_full(resident) is counts


@pytest.mark.parametrize(("days", "counts"), [(364, True), (367, False)])
async def test_a_file_counts_for_a_year(days: int, *, counts: bool) -> None:
    resident = await an_actor()
    before = timezone.now() - timedelta(days=days)
    await StoredFile.filter(id=await a_file(resident)).update(size=WHOLE_QUOTA, created_at=before)

    assert await is_full(resident) is counts
