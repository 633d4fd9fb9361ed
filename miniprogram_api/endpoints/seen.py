"""What residents see of a case, their own or their principal's."""

from uuid import UUID

from backend.cases.reading import queries
from backend.cases.record.snapshot import Snapshot
from backend.http.call import B, Call, Q
from backend.mandates import acting


async def case(call: Call[B, Q], case_id: UUID, *, did: str) -> Snapshot:
    """A case of who asks, or one that their mandate covers, which is recorded; CaseNotFound."""
    if (behalf := await call.behalf()) is None:
        return await queries.one_of_resident(case_id, call.who)
    found = await queries.one_for(case_id, behalf)
    await acting.record(behalf, did=did, on=("case", case_id))
    return found
