"""Writing a paper: what is known of the case, put into the words of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from backend.cases.record.snapshot import Event, Snapshot
from backend.papers import codes, content, facts, issuers
from backend.papers.content import Content, Table, Verify
from backend.papers.wording import Wording, Words, words
from config.settings import settings
from models import PaperKind

PATH = "/verify"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """All that a paper will say but its number and its code; `series` is that of the number."""

    kind: PaperKind
    words: Words
    wording: Wording
    item_type: str
    unit_code: str
    series: str
    day: date
    addressee: str
    table: Table | None
    values: Mapping[str, str]

    def says(self, *, number: str, code: str) -> Content:
        """The whole paper; sentences that the case has no value for are left out."""
        wording = self.wording
        values = {**self.values, "number": number, "law": wording.law.get(self.item_type, "")}
        return {
            "title": wording.title_on(self.item_type),
            "issuer": values["unit"],
            "number": number,
            "day": [self.day.year, self.day.month, self.day.day],
            "date": content.chinese(self.day),
            "addressee": f"{self.addressee}：",
            "opening": content.paragraphs(wording.opening, values),
            "facts": content.labelled(wording.facts, values),
            "table": self.table,
            "closing": content.paragraphs(wording.closing, values),
            "remedies": content.remedies(self.kind, wording, values, self.words),
            "signatures": list(wording.signatures),
            "seal": wording.seal,
            "missing": self.words.common.missing,
            "verify": self._verify(code),
        }

    def _verify(self, code: str) -> Verify:
        said = self.words.common.check
        return {
            "label": said.label,
            "how": said.how,
            "alt": said.alt,
            "code": codes.grouped(code),
            "url": f"{settings().base_url}{PATH}/{code}",
        }


async def ready(case: Snapshot, event: Event, kind: PaperKind, *, served: str) -> Ready:
    """Gather what the paper of this event says; `served` is what a proof of service is of."""
    said = words()
    wording, act = said.of(case.item.flow, kind, event.after), facts.act(case, event, said)
    query_code = await facts.query_code(case) if kind is PaperKind.RECEIPT else ""
    return Ready(
        kind=kind,
        words=said,
        wording=wording,
        item_type=case.item.type,
        unit_code=act.unit_code,
        series=issuers.series(act.issuer, wording.mark, event.at),
        day=act.day,
        addressee=await facts.addressee(case, said),
        table=await facts.table(act, wording),
        values=facts.values(act, served=served, query_code=query_code),
    )
