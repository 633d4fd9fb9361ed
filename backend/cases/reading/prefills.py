"""What is known of an application before it is begun: earlier answers and papers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases.reading import statements
from backend.cases.record import forms
from backend.catalogue import prefilling
from backend.catalogue import queries as catalogue
from backend.catalogue.prefilling import Prefilled
from backend.catalogue.versions import ItemVersion
from backend.files import names
from backend.identity import profiles
from backend.identity.profiles import Profile
from backend.mandates.acting import Behalf
from config.database import connection

EARLIER = 20
"""So many of the newest cases are looked at: older answers are seldom still true."""


class KnownPaper(NamedTuple):
    """A file handed in before as the paper of this code, and the item that it was for."""

    material_code: str
    file_id: UUID
    name: str
    item_code: str
    item_name: str


class Known(NamedTuple):
    """Answers and papers for one item."""

    answers: Prefilled
    papers: list[KnownPaper]


async def of_resident(item_code: str, resident_id: UUID) -> Known:
    """What is known for this item of the resident and their person; ItemNotFound."""
    given = [resident_id, EARLIER]
    rows = await connection().execute_query_dict(statements.EARLIER, given)
    profile = await profiles.profile(resident_id)
    return await _known(item_code, profile, rows, (statements.PAPERS_KNOWN, resident_id))


async def for_agent(item_code: str, behalf: Behalf) -> Known:
    """The same of the principal, from what they handed in for items of the mandate alone."""
    given = [behalf.principal_id, EARLIER, behalf.items]
    rows = await connection().execute_query_dict(statements.EARLIER_OF_PERSON, given)
    profile = (await profiles.principal(behalf.principal_id)).profile
    papers = statements.PAPERS_OF_PERSON, behalf.principal_id
    return await _known(item_code, profile, rows, papers)


async def _known(
    item_code: str,
    profile: Profile,
    rows: Sequence[Mapping[str, Any]],
    papers: tuple[str, UUID],
) -> Known:
    item = await catalogue.one(item_code)
    earlier = [
        (row["id"], await catalogue.version(row["item_version_id"]), forms.opened(row)[0])
        for row in rows
    ]
    answers = prefilling.prefill(item, profile, [(version, form) for _, version, form in earlier])
    own = [case_id for case_id, _, form in earlier if "agent" not in form]
    return Known(answers, await _papers(item, papers, own))


async def _papers(
    item: ItemVersion, asked: tuple[str, UUID], cases: list[UUID]
) -> list[KnownPaper]:
    """The papers that serve again, each as it was handed in last."""
    codes = [paper["code"] for paper in item.materials if paper["reusable"]]
    statement, whose = asked
    rows = await connection().execute_query_dict(statement, [whose, cases, codes])
    return [_paper(row) for row in rows]


def _paper(row: Mapping[str, Any]) -> KnownPaper:
    return KnownPaper(
        material_code=row["code"],
        file_id=row["file_id"],
        name=names.opened(row["file_id"], row["name_sealed"]),
        item_code=row["item_id"],
        item_name=row["item_name"],
    )
