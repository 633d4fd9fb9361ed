"""A paper as its row has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from backend.papers.content import Content
from config.clock import CITY_TIME
from config.vault import sealed
from models import PaperKind


class Issued(NamedTuple):
    """A paper that was issued; `file_id`, `key` and `sha256` once it is drawn."""

    id: UUID
    case_id: UUID
    kind: PaperKind
    seq: int
    unit_code: str
    number: str
    layout: int
    issued_at: datetime
    revoked_at: datetime | None
    content: Content
    file_id: UUID | None
    key: str | None
    sha256: str | None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.content["title"]


def seal(paper_id: UUID, content: Content) -> bytes:
    """The content as the row keeps it."""
    stored = sealed.seal_json("paper", paper_id, column="content", value=content)
    if stored is None:
        raise ValueError("a paper says something")
    return stored


def from_row(row: Mapping[str, Any]) -> Issued:
    """The paper of a row of `statements`."""
    content = sealed.unseal_json("paper", row["id"], column="content", stored=row["content_sealed"])
    revoked = row["revoked_at"]
    return Issued(
        id=row["id"],
        case_id=row["case_id"],
        kind=PaperKind(row["kind"]),
        seq=row["seq"],
        unit_code=row["unit_id"],
        number=row["number"],
        layout=row["layout"],
        issued_at=row["created_at"].astimezone(CITY_TIME),
        revoked_at=revoked.astimezone(CITY_TIME) if revoked else None,
        content=cast("Content", content),
        file_id=row["file_id"],
        key=row["key"],
        sha256=row["sha256"],
    )
