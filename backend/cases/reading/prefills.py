"""What is known of an application before it is begun: answers and papers of before."""

from collections.abc import Mapping
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
    item = await catalogue.one(item_code)
    profile = await profiles.profile(resident_id)
    rows = await connection().execute_query_dict(statements.EARLIER, [resident_id, EARLIER])
    earlier = [
        (row["id"], await catalogue.version(row["item_version_id"]), forms.opened(row)[0])
        for row in rows
    ]
    answers = prefilling.prefill(item, profile, [(version, form) for _, version, form in earlier])
    own = [case_id for case_id, _, form in earlier if "agent" not in form]
    return Known(answers, await _papers(item, resident_id, own))


async def _papers(item: ItemVersion, resident_id: UUID, cases: list[UUID]) -> list[KnownPaper]:
    """The papers that serve again, each as it was handed in last."""
    codes = [paper["code"] for paper in item.materials if paper["reusable"]]
    given = [resident_id, cases, codes]
    rows = await connection().execute_query_dict(statements.PAPERS_KNOWN, given)
    return [_paper(row) for row in rows]


def _paper(row: Mapping[str, Any]) -> KnownPaper:
    return KnownPaper(
        material_code=row["code"],
        file_id=row["file_id"],
        name=names.opened(row["file_id"], row["name_sealed"]),
        item_code=row["item_id"],
        item_name=row["item_name"],
    )
