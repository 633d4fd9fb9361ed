"""Access tokens: the plain and the stable kind, which never invalidate each other."""

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass

LIFE_S = 7200
OVERLAP_S = 300
TOKENS_MAX = 1000
TOKEN_LENGTH = 512
FORM = re.compile(r"^\d{2}_[A-Za-z0-9_-]{20,}$")


@dataclass
class Token:
    """A token; `dies_at` is Unix seconds, `superseded` once a newer one took its place."""

    value: str
    dies_at: float
    superseded: bool = False


class Tokens:
    """The tokens of the app; those forgotten count as never issued."""

    def __init__(self) -> None:
        """Start with none."""
        self.issued = {"token": 0, "stable_token": 0}
        self._known: OrderedDict[str, Token] = OrderedDict()
        self._plain: Token | None = None
        self._stable: Token | None = None

    def plain(self, now: float) -> Token:
        """Issue a new token; the previous one keeps working for five minutes."""
        if self._plain is not None:
            self._plain.dies_at = min(self._plain.dies_at, now + OVERLAP_S)
            self._plain.superseded = True
        self._plain = self._issue("token", now)
        return self._plain

    def stable(self, now: float) -> Token:
        """Return the current token until five minutes before its end, then a new one."""
        if self._stable is None or self._stable.dies_at - now <= OVERLAP_S:
            self._stable = self._issue("stable_token", now)
        return self._stable

    def forced(self, now: float) -> Token:
        """Issue a new stable token; the previous one dies at once."""
        if self._stable is not None:
            self._kill(self._stable, now)
        self._stable = self._issue("stable_token", now)
        return self._stable

    def revoke(self, now: float) -> None:
        """Kill every token, as when somebody else fetched one or reset the secret."""
        for token in self._known.values():
            self._kill(token, now)
        self._plain = self._stable = None

    def fault(self, value: str, now: float) -> int:
        """Return 0 for a good token, else 40014, 40001 or 42001 by its cause."""
        if not FORM.match(value):
            return 40014
        token = self._known.get(value)
        if token is None:
            return 40001
        if now < token.dies_at:
            return 0
        return 40001 if token.superseded else 42001

    def _kill(self, token: Token, now: float) -> None:
        token.dies_at = min(token.dies_at, now)
        token.superseded = True

    def _issue(self, endpoint: str, now: float) -> Token:
        # WeChat asks to reserve at least 512 characters, so ours are that long.
        value = "92_" + secrets.token_urlsafe(TOKEN_LENGTH)[: TOKEN_LENGTH - 3]
        token = Token(value, now + LIFE_S)
        self.issued[endpoint] += 1
        self._known[value] = token
        if len(self._known) > TOKENS_MAX:
            self._known.popitem(last=False)
        return token
