import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from backend.errors import ServiceError
from backend.identity import revocations, tokens
from backend.identity.tokens import Claims
from backend.refusals import Unavailable
from config.settings import settings
from config.vault import signing
from models import Audience

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
OLD, NEW = "old:" + "o" * 32, "new:" + "n" * 32


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    _reread()


def _reread() -> None:
    settings.cache_clear()
    signing.keys.cache_clear()


def use_keys(keys: pytest.MonkeyPatch, raw: str) -> None:
    keys.setenv("YIKOU_SECRET_KEYS", raw)
    _reread()


def some_claims(audience: Audience = Audience.RESIDENT) -> Claims:
    return Claims(audience, uuid4(), uuid4())


def refused(token: str, audience: Audience = Audience.RESIDENT, *, now: datetime = NOW) -> str:
    with pytest.raises(ServiceError) as error:
        tokens.verify(token, audience, now=now)
    assert error.value.kind == "unauthenticated"
    return error.value.code


def test_a_token_says_who_asks() -> None:
    claims = some_claims()

    assert tokens.verify(tokens.issue(claims, now=NOW), Audience.RESIDENT, now=NOW) == claims


def test_a_token_holds_ids_and_times_only() -> None:
    claims = some_claims()

    told = jwt.decode(tokens.issue(claims, now=NOW), options={"verify_signature": False})

    assert told.keys() == {"sub", "sid", "iss", "aud", "iat", "exp"}
    assert told["exp"] - told["iat"] == 15 * 60


@pytest.mark.parametrize("mine", list(Audience))
def test_a_token_of_one_audience_is_nothing_to_the_other(mine: Audience) -> None:
    other = Audience.STAFF if mine is Audience.RESIDENT else Audience.RESIDENT

    assert refused(tokens.issue(some_claims(mine), now=NOW), other) == "token_invalid"


def test_a_link_to_a_file_is_no_access_token() -> None:
    link = signing.sign(
        {"sub": str(uuid4()), "sid": str(uuid4())}, audience="file", seconds=9, now=NOW
    )

    assert refused(link) == "token_invalid"


def test_after_rotation_the_old_key_still_verifies_until_it_is_dropped(
    keys: pytest.MonkeyPatch,
) -> None:
    claims = some_claims()
    use_keys(keys, OLD)
    token = tokens.issue(claims, now=NOW)

    use_keys(keys, f"{NEW},{OLD}")
    assert tokens.verify(token, Audience.RESIDENT, now=NOW) == claims
    assert jwt.get_unverified_header(tokens.issue(claims, now=NOW))["kid"] == "new"

    use_keys(keys, NEW)
    assert refused(token) == "token_invalid"


def test_an_expired_token_is_refused_even_if_seen_before() -> None:
    token, end = tokens.issue(some_claims(), now=NOW), NOW + timedelta(minutes=15)

    tokens.verify(token, Audience.RESIDENT, now=end - timedelta(seconds=1))

    assert refused(token, now=end) == "token_expired"


@pytest.mark.parametrize(
    "forged",
    [
        {"alg": "none"},
        {"alg": "HS256", "kid": "new"},
        {"alg": "HS256", "kid": "old"},
        {"alg": "HS256"},
        {"alg": "HS512", "kid": "new"},
    ],
)
def test_a_forged_token_is_refused(keys: pytest.MonkeyPatch, forged: dict[str, str]) -> None:
    use_keys(keys, NEW)
    told = {"sub": str(uuid4()), "sid": str(uuid4()), "iss": "yikou", "aud": "resident"}
    told |= {"exp": int(NOW.timestamp()) + 99}  # type: ignore[dict-item]
    secret = "" if forged["alg"] == "none" else "x" * 64

    assert refused(jwt.encode(told, secret, forged["alg"], headers=forged)) == "token_invalid"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_under_our_own_key(
    keys: pytest.MonkeyPatch, algorithm: str
) -> None:
    secret = "n" * 64
    use_keys(keys, f"new:{secret}")
    told = {"sub": str(uuid4()), "sid": str(uuid4()), "iss": "yikou", "aud": "resident"}
    told |= {"exp": int(NOW.timestamp()) + 99}  # type: ignore[dict-item]

    tokens.verify(
        jwt.encode(told, secret, "HS256", headers={"kid": "new"}),
        Audience.RESIDENT,
        now=NOW,
    )
    other = jwt.encode(told, secret, algorithm, headers={"kid": "new"})

    assert refused(other) == "token_invalid"


@pytest.mark.parametrize("part", [1, 2])
def test_a_token_with_a_part_of_another_is_refused(part: int) -> None:
    parts, others = (tokens.issue(some_claims(), now=NOW).split(".") for _ in range(2))
    parts[part] = others[part]

    assert refused(".".join(parts)) == "token_invalid"


@pytest.mark.parametrize(
    ("claims", "header"), [({"iss": "another"}, {}), ({}, {"crit": ["b64"], "b64": True})]
)
def test_a_token_of_another_issuer_or_with_a_critical_header_is_refused(
    keys: pytest.MonkeyPatch, claims: dict[str, str], header: dict[str, Any]
) -> None:
    use_keys(keys, NEW)
    told = {"sub": str(uuid4()), "sid": str(uuid4()), "iss": "yikou", "aud": "resident"}
    ends = {"exp": int(NOW.timestamp()) + 99}

    own = jwt.encode(told | ends, "n" * 32, "HS256", headers={"kid": "new"})
    token = jwt.encode(told | claims | ends, "n" * 32, "HS256", headers={"kid": "new"} | header)

    tokens.verify(own, Audience.RESIDENT, now=NOW)
    assert refused(token) == "token_invalid"


def test_a_token_without_an_end_is_refused(keys: pytest.MonkeyPatch) -> None:
    use_keys(keys, NEW)
    told = {"sub": str(uuid4()), "sid": str(uuid4()), "iss": "yikou", "aud": "resident"}

    token = jwt.encode(told, "n" * 32, "HS256", headers={"kid": "new"})

    assert refused(token) == "token_invalid"


DEEP = urlsafe_b64encode(b"[" * 5000).decode()


@pytest.mark.parametrize(
    "text",
    ["", "x", "a.b.c", "...", "é.é.é", "e30.e30.", "W10.e30.", "a" * 10_000, f"{DEEP}.e30."],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refused(text) == "token_invalid"


def test_an_ended_session_is_refused_at_once(keys: pytest.MonkeyPatch) -> None:
    keys.setattr(revocations, "_known", revocations._Known())  # noqa: SLF001
    ended, other = some_claims(), some_claims()

    revocations.add([ended.session])

    assert refused(tokens.issue(ended, now=NOW)) == "session_ended"
    assert tokens.verify(tokens.issue(other, now=NOW), Audience.RESIDENT, now=NOW) == other


def test_an_ended_session_is_forgotten_when_its_tokens_are_dead(keys: pytest.MonkeyPatch) -> None:
    known = revocations._Known()  # noqa: SLF001
    keys.setattr(revocations, "_known", known)
    revocations.add([uuid4()])
    revocations.heard([])
    assert len(known.ended) == 1

    later = time.monotonic() + revocations.KEPT_SECONDS + 1
    keys.setattr(time, "monotonic", lambda: later)
    revocations.heard([])

    assert not known.ended


def test_a_process_that_has_heard_nothing_for_long_serves_nobody(
    keys: pytest.MonkeyPatch,
) -> None:
    token = tokens.issue(some_claims(), now=NOW)
    keys.setattr(revocations, "_known", revocations._Known())  # noqa: SLF001
    revocations.heard([])
    tokens.verify(token, Audience.RESIDENT, now=NOW)

    later = time.monotonic() + revocations.BLIND_SECONDS + 1
    keys.setattr(time, "monotonic", lambda: later)

    with pytest.raises(Unavailable):
        tokens.verify(token, Audience.RESIDENT, now=NOW)
