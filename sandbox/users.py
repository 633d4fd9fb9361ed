"""The people of the sandbox: who they are to WeChat, what they agreed to, what arrived."""

import base64
import hashlib
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MESSAGES_MAX = 200
USERS_MAX = 50_000
NAME_MAX = 64


@dataclass(frozen=True)
class Message:
    """A subscribe message on a user's phone; `at` is Unix seconds, `data` as it was sent."""

    template_id: str
    data: dict[str, dict[str, str]]
    page: str
    at: float
    msgid: int


@dataclass
class User:
    """A WeChat user; `credits` counts one-time sends, `lasting` holds long-term consents."""

    name: str
    openid: str
    unionid: str
    phone: str
    country_code: str = "86"
    session_key: str = ""
    last_visit: float = 0.0
    blocked: bool = False
    refuse: bool = False
    credits: dict[str, int] = field(default_factory=dict)
    lasting: set[str] = field(default_factory=set)
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MESSAGES_MAX))

    def record(self) -> dict[str, Any]:
        """Return all but the messages as JSON values, to keep or to show."""
        kept = {name: value for name, value in vars(self).items() if name != "messages"}
        return kept | {"lasting": sorted(self.lasting)}


class UserError(ValueError):
    """A name that no user can have, or one user too many."""


class Users:
    """All users by name and by openid."""

    def __init__(self, appid: str) -> None:
        """Start empty; openids belong to `appid`."""
        self.appid = appid
        self._by_name: dict[str, User] = {}
        self._by_openid: dict[str, User] = {}

    def __iter__(self) -> Iterator[User]:
        """Go through the users in the order they came."""
        return iter(list(self._by_name.values()))

    def __len__(self) -> int:
        """Count the users."""
        return len(self._by_name)

    def find(self, name: str) -> User | None:
        """Find a user by name or openid."""
        return self._by_name.get(name) or self._by_openid.get(name)

    def of_openid(self, openid: object) -> User | None:
        """Find a user by openid, as WeChat's own calls do."""
        return self._by_openid.get(openid) if isinstance(openid, str) else None

    def ensure(self, name: str) -> User:
        """Find or create the user; the same name always has the same openid and phone."""
        return self.find(name) or self.add(create(name, self.appid))

    def add(self, user: User) -> User:
        """Take in a user; raise UserError when there are too many."""
        if user.name not in self._by_name and len(self._by_name) >= USERS_MAX:
            raise UserError(f"There are {USERS_MAX} users already; POST /_control/reset.")
        self._by_name[user.name] = user
        self._by_openid[user.openid] = user
        return user


def create(name: str, appid: str) -> User:
    """Make a user whose openid, unionid and phone follow from the name alone."""
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable() or name != name.strip():
        raise UserError(f"A user name has 1 to {NAME_MAX} printable characters, not {name!r}.")
    number = int.from_bytes(_digest("phone", name)[:8], "big") % 10**8
    return User(
        name=name,
        openid=_id("o", f"{appid}/{name}"),
        unionid=_id("u", name),
        phone=f"139{number:08d}",
        session_key=new_session_key(),
    )


def new_session_key() -> str:
    """Make a session_key: 16 random bytes in base64, 24 characters."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def _digest(purpose: str, name: str) -> bytes:
    return hashlib.sha256(f"yikou sandbox {purpose} {name}".encode()).digest()


def _id(letter: str, name: str) -> str:
    text = base64.urlsafe_b64encode(_digest(letter, name)).decode()
    return letter + text[:27]
