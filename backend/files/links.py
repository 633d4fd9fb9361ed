"""Links that open one file for five minutes to whoever holds them."""

from uuid import UUID

from backend.errors import NotFound
from backend.vault import signing

SECONDS = 5 * 60
PATH = "/api/v1/files/content"
_AUDIENCE = "file"


def link(file_id: UUID) -> str:
    """The path that opens the file; give it only to who may see the file."""
    token = signing.sign({"sub": str(file_id)}, audience=_AUDIENCE, seconds=SECONDS)
    return f"{PATH}/{token}"


def opened(token: str) -> UUID:
    """The id of the file this link opens; NotFound if it is not ours or its time is over."""
    try:
        return UUID(signing.verify(token, audience=_AUDIENCE)["sub"])
    except (signing.TokenInvalid, signing.TokenExpired) as error:
        raise NotFound("链接已失效，请重新打开", code="file_link_expired") from error
