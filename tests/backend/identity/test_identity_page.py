"""docs/identity.md says what the code asks and how it takes each answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from aiohttp import web

from backend.identity.identity_check.outcomes import Answered, SubjectQuota, Unanswered
from backend.identity.identity_check.service import Service
from models import CheckResult
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import Asked, Play
from tests.backend.identity.factories import ID_NUMBER

DOCS = Path(__file__).parents[3] / "docs"
ENGLISH, CHINESE = DOCS / "identity.md", DOCS / "identity.zh-CN.md"
WHERE = ("tencent-faceid", "8f1c04a9-be7d-3562")
# In the order of the page: what is made of each answer.
TAKEN: list[Answered | tuple[str, bool, int | None] | str] = [
    Answered(CheckResult.MATCH, *WHERE),
    Answered(CheckResult.MISMATCH, *WHERE),
    Answered(CheckResult.NO_RECORD, *WHERE),
    Answered(CheckResult.INVALID_INPUT),
    "quota_subject",
    ("quota_account", True, 3600),
    ("unavailable:-6", False, 60),
    ("timeout", False, None),
    ("config:AuthFailure.SecretIdNotFound", True, None),
    ("config", True, None),
]


@dataclass(frozen=True)
class Example:
    """A message of the page: its first line, headers, body."""

    line: str
    headers: dict[str, str]
    body: Any

    @property
    def status(self) -> int:
        """Of an answer."""
        return int(self.line.split()[1])


def examples(page: Path) -> Iterator[Example]:
    for text in re.findall(r"```http\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        head, _, body = text.partition("\n\n")
        line, *headers = head.splitlines()
        named = dict(header.split(": ", 1) for header in headers)
        yield Example(line, named, orjson.loads(body))


QUESTION, *ANSWERS = examples(ENGLISH)


def shape(value: Any) -> Any:
    """Names and types, without the values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return type(value).__name__


def fault(asked: Asked) -> str | None:
    """What of a question is not as the page says."""
    method, path, _ = QUESTION.line.split()
    fixed = {name: QUESTION.body[name] for name in ("level", "evidence", "purpose", "consent_ref")}
    kept = [
        (asked.method, asked.path) == (method, path),
        QUESTION.headers.keys() <= asked.headers.keys(),
        asked.headers.get("Content-Type") == QUESTION.headers["Content-Type"],
        asked.headers.get("Authorization", "").startswith("Bearer "),
        shape(asked.body) == shape(QUESTION.body),
        {name: asked.body.get(name) for name in fixed} == fixed,
        asked.body.get("subject", {}).get("id_type") == QUESTION.body["subject"]["id_type"],
    ]
    return None if all(kept) else f"{asked}: {kept}"


def played(example: Example) -> Play:
    async def play(request: web.Request) -> web.Response:
        body = dict(example.body)
        if "request_id" in body:
            body["request_id"] = orjson.loads(await request.read())["request_id"]
        return web.Response(
            body=orjson.dumps(body),
            status=example.status,
            content_type=example.headers["Content-Type"],
        )

    return play


@pytest.mark.parametrize(("example", "taken"), list(zip(ANSWERS, TAKEN, strict=True)))
async def test_each_answer_of_the_page_is_taken_as_it_says(
    example: Example, taken: Answered | tuple[str, bool, int | None] | str
) -> None:
    service = Service()
    found: object
    async with playing.listening() as authority:
        authority.play = played(example)
        try:
            found = await service.ask(uuid4(), name="张三", number=ID_NUMBER)
        except Unanswered as failed:
            found = (failed.code, failed.fault, failed.retry_after)
        except SubjectQuota as quota:
            found = str(quota)
    await service.aclose()

    assert found == taken
    [asked] = authority.asked
    assert fault(asked) is None


def test_both_languages_show_the_same_messages_and_limits() -> None:
    assert list(examples(ENGLISH)) == list(examples(CHINESE))
    english, chinese = (page.read_text(encoding="utf-8") for page in (ENGLISH, CHINESE))
    for pattern in (r"^#+ |^- ", r"`[^`\n]+`"):
        counted = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
        assert sorted(counted[0]) == sorted(counted[1]), pattern
