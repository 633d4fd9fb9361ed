from backend.cases.acts import accept
from backend.cases.reading import queries
from backend.staff_api.case_views import staff_case
from models import Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, staff


async def test_staff_see_the_events_of_the_version_that_was_read(city: None) -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    read = await queries.one((await a_case()).id)

    await accept.accept(read.id, by=clerk, seen=read.version, now=NOW, note=None)
    shown = await staff_case(read, clerk, NOW)

    assert shown["version"] == read.version
    assert [moment["seq"] for moment in shown["timeline"]] == [event.seq for event in read.events]
