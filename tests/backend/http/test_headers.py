"""What is read of a request's headers: once, in one form, or not at all."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from backend.errors import ServiceError
from backend.http import addresses, behalf, conditions, guard, headers, keyed
from backend.http.guard import Guard
from backend.http.refusals import IfMatchInvalid, IfMatchRequired
from backend.idempotency.refusals import IdempotencyKeyInvalid, IdempotencyKeyMissing
from backend.identity import tokens
from backend.identity.actors import StaffActor
from backend.identity.refusals import AdminOnly, TokenInvalid, TokenMissing
from backend.identity.second_factor.refusals import SecondFactorMissing, SecondFactorRequired
from backend.identity.second_factor.rules import FactorState
from backend.identity.tokens import Claims
from backend.mandates.refusals import MandateMissing
from models import Audience, Role
from tests.backend.http.requests import a_request
from tests.backend.live.streams import somebody

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
MANDATE = UUID("01996f1e-7c3a-7b55-9c1e-3f0a2b4c5d6e")


def test_a_header_that_stands_several_times_is_one_list_and_none_is_none() -> None:
    several = a_request(("X-One", "a"), ("x-two", ""), ("x-one", "b"), ("X-ONE", "a"))
    assert headers.value(several, "x-one") == "a, b, a"
    assert headers.value(several, "X-Two") == ""
    assert headers.value(several, "x-three") is None


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ('"0"', 0),
        ('"12"', 12),
        ('"999999999"', 999_999_999),
        ('  "12"  ', 12),
        ('"12-yellow"', 12),
        ('"12-a_b"', 12),
        ('"1234567890"', None),
        ('"-1"', None),
        ('"12-"', None),
        ('"12-Red"', None),
        ('"12-red-red"', None),
        ('W/"12"', None),
        ("12", None),
        ('"12', None),
        ('""', None),
        ('"x"', None),
        ('"12", "13"', None),
        ('"12"\n', 12),
    ],
)
def test_if_match_names_one_version(given: str, version: int | None) -> None:
    request = a_request(("If-Match", given))
    if version is None:
        with pytest.raises(IfMatchInvalid):
            conditions.expected_version(request)
    else:
        assert conditions.expected_version(request) == version


@pytest.mark.parametrize("given", [[], [""], ["*"], [" * "]])
def test_any_version_is_none(given: list[str]) -> None:
    with pytest.raises(IfMatchRequired):
        conditions.expected_version(a_request(*[("If-Match", each) for each in given]))


def test_two_versions_are_none() -> None:
    for second in ('"1"', '"2"', "*"):
        with pytest.raises(IfMatchInvalid):
            conditions.expected_version(a_request(("If-Match", '"1"'), ("If-Match", second)))


@pytest.mark.parametrize("taken", [False, True])
def test_a_mandate_is_taken_where_it_counts_and_nowhere_else(*, taken: bool) -> None:
    assert behalf.named(a_request(), taken=taken) is None
    known = a_request(("On-Behalf-Of", str(MANDATE)))
    if taken:
        assert behalf.named(known, taken=True) == MANDATE
    else:
        with pytest.raises(MandateMissing):
            behalf.named(known, taken=False)
    for wrong in ("", "x", f"{MANDATE}0", f"{MANDATE}, {MANDATE}"):
        with pytest.raises(MandateMissing):
            behalf.named(a_request(("On-Behalf-Of", wrong)), taken=taken)


@pytest.mark.parametrize("required", [False, True])
def test_a_key_is_asked_for_where_it_is_required(*, required: bool) -> None:
    if required:
        with pytest.raises(IdempotencyKeyMissing):
            keyed.asked(a_request(), "resident:1", required=True, seen=0)
    else:
        assert keyed.asked(a_request(), "resident:1", required=False, seen=0) is None


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("k", True),
        ("k" * 100, True),
        ("!~", True),
        ("k" * 101, False),
        ("", False),
        ("a b", False),
        ("a\x7f", False),
        ("局", False),
        ("k\n", False),
    ],
)
def test_a_key_is_a_word_of_a_hundred_letters_at_most(*, given: str, fits: bool) -> None:
    request = a_request(("Idempotency-Key", given))
    if fits:
        assert keyed.asked(request, "resident:1", required=True, seen=0) is not None
    else:
        with pytest.raises(IdempotencyKeyInvalid):
            keyed.asked(request, "resident:1", required=False, seen=0)


def test_a_key_is_of_one_owner_and_one_request() -> None:
    """Each of these changes is another request; the same one twice is the same."""

    def once(
        owner: str = "resident:1",
        *,
        key: str = "k",
        seen: int = 0,
        mandate_id: UUID | None = None,
        method: str = "POST",
        path: str = "/told/one",
        body: bytes = b"{}",
    ) -> object:
        request = a_request(("Idempotency-Key", key), method=method, path=path, body=body)
        return keyed.asked(request, owner, required=True, seen=seen, mandate_id=mandate_id)

    assert once() == once()
    found = [
        once(),
        once("resident:2"),
        once(key="l"),
        once(seen=1),
        once(mandate_id=MANDATE),
        once(mandate_id=uuid4()),
        once(method="PUT"),
        once(path="/told/two"),
        once(body=b"{} "),
    ]
    assert len({repr(each) for each in found}) == len(found)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("[192.0.2.7]", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:3::1]", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::/64"),
        ("", ""),
        ("unix", "unix"),
        ("x:y", "x:y"),
    ],
)
def test_whose_line_it_is(peer: str, network: str) -> None:
    assert addresses.of_peer(peer) == network
    assert addresses.network(a_request(peer=peer)) == network


def test_a_forwarded_address_counts_where_a_proxy_is_trusted() -> None:
    request = ("X-Forwarded-For", "2001:db8:1:2::9, 192.0.2.1")
    assert addresses.network(a_request(request)) == "192.0.2.7"
    assert addresses.network(a_request(request, PROXIES_COUNT=2)) == "2001:db8:1:2::/64"
    assert addresses.network(a_request(request, PROXIES_COUNT=1)) == "192.0.2.1"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic dXNlcg==", "token"])
@pytest.mark.parametrize("which", [Guard.RESIDENT, Guard.STAFF, Guard.ADMIN])
def test_who_shows_no_token_is_asked_for_one(which: Guard, given: str) -> None:
    for request in (a_request(("Authorization", given)), a_request()):
        with pytest.raises(TokenMissing):
            guard.claims_of(request, which, now=NOW)


def test_who_a_token_is_of_and_where_it_counts() -> None:
    ids = uuid4(), uuid4()
    for audience in Audience:
        token = tokens.issue(Claims(audience, *ids), now=NOW)
        request = a_request(("authorization", f"bEARER  {token} "))
        for which in Guard:
            if which.audience is None:
                assert guard.claims_of(request, which, now=NOW) is None
            elif which.audience is audience:
                claims = guard.claims_of(request, which, now=NOW)
                assert claims is not None
                assert (claims.audience, claims.subject, claims.session) == (audience, *ids)
            else:
                with pytest.raises(TokenInvalid):
                    guard.claims_of(request, which, now=NOW)
        twice = a_request(*[("Authorization", f"Bearer {token}")] * 2)
        with pytest.raises(TokenInvalid):
            guard.claims_of(
                twice,
                Guard.STAFF if audience is Audience.STAFF else Guard.RESIDENT,
                now=NOW,
            )


def test_of_whom_each_guard_asks_a_token() -> None:
    assert {each: each.audience for each in Guard} == {
        Guard.OPEN: None,
        Guard.WECHAT: None,
        Guard.RESIDENT: Audience.RESIDENT,
        Guard.STAFF: Audience.STAFF,
        Guard.ADMIN: Audience.STAFF,
    }


@pytest.mark.parametrize(
    ("roles", "factor", "which", "before", "refused"),
    [
        ([], FactorState.NONE, Guard.STAFF, False, None),
        ([Role.CLERK], FactorState.NONE, Guard.STAFF, False, None),
        ([Role.CLERK], FactorState.NONE, Guard.ADMIN, False, AdminOnly),
        ([], FactorState.NONE, Guard.ADMIN, True, AdminOnly),
        ([Role.CLERK, Role.ADMIN], FactorState.GIVEN, Guard.ADMIN, False, None),
        ([Role.ADMIN], FactorState.CODE, Guard.ADMIN, False, SecondFactorRequired),
        ([Role.ADMIN], FactorState.ENROL, Guard.STAFF, False, SecondFactorMissing),
        ([Role.ADMIN], FactorState.CODE, Guard.STAFF, True, None),
        ([Role.ADMIN], FactorState.ENROL, Guard.ADMIN, True, None),
        ([Role.CLERK], FactorState.ENROL, Guard.ADMIN, False, SecondFactorMissing),
    ],
)
def test_who_of_the_staff_is_admitted(
    *,
    roles: list[Role],
    factor: FactorState,
    which: Guard,
    before: bool,
    refused: type[ServiceError] | None,
) -> None:
    held = somebody(*[("210102001001", role) for role in roles])
    actor = StaffActor(held.id, held.session_id, held.posts, factor)
    if refused is None:
        guard.admit(actor, which, before_factor=before)
    else:
        with pytest.raises(refused):
            guard.admit(actor, which, before_factor=before)
