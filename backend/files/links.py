"""Links that open one file for five minutes to whoever holds them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.audit import Actor
from backend.files.refusals import FileLinkExpired
from config.vault import signing

SECONDS = 5 * 60
PATH = "/api/v1/files/content"
_AUDIENCE = "file"


@dataclass(frozen=True, slots=True)
class Link:
    """Which file a link opens, and to whom it was given."""

    file_id: UUID
    holder: Actor


def link(file_id: UUID, *, to: Actor, now: datetime) -> str:
    """The path that opens the file; give it only to who may see the file."""
    claims = {"sub": str(file_id), "to": f"{to.kind}:{to.id}", "posts": " ".join(to.posts)}
    token = signing.sign(claims, audience=_AUDIENCE, seconds=SECONDS, now=now)
    return f"{PATH}/{token}"


def opened(token: str, *, now: datetime) -> Link:
    """What this link opens; FileLinkExpired if it is not ours or its time is over."""
    try:
        claims = signing.verify(token, audience=_AUDIENCE, now=now)
        kind, _, holder = claims["to"].partition(":")
        return Link(UUID(claims["sub"]), Actor(kind, UUID(holder), tuple(claims["posts"].split())))
    except (signing.TokenInvalid, signing.TokenExpired, KeyError) as error:
        raise FileLinkExpired from error
