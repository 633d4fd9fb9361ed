"""One-time codes: the vectors of RFC 4226 and RFC 6238, and the window."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.identity.second_factor import recovery, totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
HOTP = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
# Those of the RFC have eight digits, of which ours are the last six.
TOTP = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_the_codes_of_the_standards() -> None:
    assert [totp.code(SECRET, step) for step in range(10)] == HOTP
    found = {moment: totp.code(SECRET, totp.step_of(at(moment))) for moment in TOTP}
    assert found == {moment: eight[2:] for moment, eight in TOTP.items()}


@pytest.mark.parametrize(
    ("steps", "after", "taken"),
    [
        (-2, None, False),
        (-1, None, True),
        (0, None, True),
        (1, None, True),
        (2, None, False),
        (0, 0, False),
        (0, -1, True),
        (-1, 0, False),
        (1, 0, True),
    ],
)
def test_a_code_counts_within_one_step_and_after_the_last_that_did(
    steps: int, after: int | None, *, taken: bool
) -> None:
    now = at(1234567890)
    step = totp.step_of(now) + steps
    last = None if after is None else totp.step_of(now) + after
    found = totp.matched(SECRET, totp.code(SECRET, step), now=now, after=last)
    assert found == (step if taken else None)
    assert totp.matched(SECRET, "00000０", now=now, after=None) is None


def test_a_secret_is_of_160_bits_and_its_link_is_what_apps_read() -> None:
    one, other = totp.new_secret(), totp.new_secret()
    assert (len(base64.b32decode(one)), one == other) == (20, False)
    link = urlsplit(totp.uri(one, "李 四"))
    assert (link.scheme, link.netloc) == ("otpauth", "totp")
    asked = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert asked == {"secret": one, "issuer": "一口办", "digits": "6", "period": "30"}


def test_a_recovery_code_is_known_however_it_is_typed() -> None:
    codes = recovery.new()
    assert len({recovery.hashed(code) for code in codes}) == 10
    assert recovery.hashed(codes[0]) == recovery.hashed(f" {codes[0].lower().replace('-', ' ')}")


def test_a_step_is_half_a_minute() -> None:
    begun = at(1234567890)
    assert totp.step_of(begun) == totp.step_of(begun + timedelta(seconds=29.9))
    assert totp.step_of(begun + timedelta(seconds=30)) == totp.step_of(begun) + 1
