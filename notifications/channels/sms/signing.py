"""Alibaba's signature of a call: ACS3-HMAC-SHA256, with the parameters in the query."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
EMPTY = hashlib.sha256(b"").hexdigest()


def query(parameters: Mapping[str, str]) -> str:
    """The query, sorted and quoted as it is signed, and must be sent."""
    return "&".join(f"{_quoted(name)}={_quoted(parameters[name])}" for name in sorted(parameters))


def headers(
    action: str, asked: str, *, host: str, key_id: str, secret: str, nonce: str, at: datetime
) -> dict[str, str]:
    """The headers of a POST to `/` with this query and no body; `nonce` never comes again."""
    signed = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"POST\n/\n{asked}\n{lines}\n{names}\n{EMPTY}"
    told = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
    return signed | {
        "accept": "application/json",
        "authorization": (
            f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
        ),
    }


def _quoted(text: str) -> str:
    return quote(text, safe="~", errors="replace")
