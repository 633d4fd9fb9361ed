"""What a paper says, as the layout takes it: nothing but texts, which are kept sealed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypedDict

from backend.papers.wording import Wording, Words
from config import braces
from models import PaperKind

Values = Mapping[str, str]
"""A value for each word in braces; an empty one where the case has none."""


class Table(TypedDict):
    """A table: title, widths of the columns in parts (0 as wide as it needs), head and rows."""

    title: str
    widths: list[int]
    head: list[str]
    rows: list[list[str]]


class Remedies(TypedDict):
    """Where to complain and sue."""

    title: str
    table: Table | None
    paragraphs: list[str]


class Verify(TypedDict):
    """What stands beside the code; the picture is drawn from `url`."""

    label: str
    how: str
    alt: str
    code: str
    url: str


class Content(TypedDict):
    """The whole paper; `day` is the date as numbers for the PDF's own data."""

    title: str
    issuer: str
    number: str
    day: list[int]
    date: str
    addressee: str
    opening: list[str]
    facts: list[list[str]]
    table: Table | None
    closing: list[str]
    remedies: Remedies | None
    signatures: list[str]
    seal: str
    missing: str
    verify: Verify


def labelled(facts: Mapping[str, str], values: Values) -> list[list[str]]:
    """The rows that have a value: what it is called, and the value."""
    return [[label, said] for label, text in facts.items() for said in filled([text], values)]


def filled(texts: Iterable[str], values: Values) -> list[str]:
    """The sentences with their values."""
    return [
        text.format_map(values)
        for text in texts
        if all(values[word] for word in braces.names(text) if word != "law")
    ]


def paragraphs(texts: Iterable[str], values: Values) -> list[str]:
    """The same; what somebody wrote on several lines makes several paragraphs."""
    return [
        line.strip()
        for sentence in filled(texts, values)
        for line in sentence.splitlines()
        if line.strip()
    ]


def materials(counts: Mapping[str, int]) -> Table:
    """What was handed in: each material, and how many of it."""
    rows = [[name, f"{count}份"] for name, count in counts.items()]
    return _numbered("收到的材料", [0, 18, 4], ["材料名称", "份数"], rows)


def defects(rows: Sequence[list[str]], *, verb: str = "补正") -> Table:
    """What is to be put right (补正, which is the law's word), or told besides: where, and what."""
    return _numbered(f"需要{verb}的内容", [0, 8, 15], ["材料或栏目", f"{verb}要求"], rows)


def remedies(kind: PaperKind, wording: Wording, values: Values, words: Words) -> Remedies | None:
    """Where to complain and sue; on a proof of service until when, as the day is known."""
    if not wording.remedies:
        return None
    said = words.common.remedies
    if kind is PaperKind.PROOF_OF_SERVICE:
        return {"title": said.title, "table": None, "paragraphs": filled(said.served, values)}
    rows = [[cell.format_map(values) for cell in row] for row in said.rows]
    table: Table = {"title": "", "widths": [4, 6, 7], "head": list(said.head), "rows": rows}
    return {"title": said.title, "table": table, "paragraphs": filled(said.closing, values)}


def _numbered(title: str, widths: list[int], head: list[str], rows: Sequence[list[str]]) -> Table:
    return {
        "title": title,
        "widths": widths,
        "head": ["序号", *head],
        "rows": [[str(number), *row] for number, row in enumerate(rows, 1)],
    }


def chinese(day: date | None) -> str:
    """The day as papers write it; empty for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
