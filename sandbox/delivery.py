"""One push as it goes over the wire: signed, encrypted by mode, or spoilt on demand."""

import json
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox import events
from sandbox.events import Event
from sandbox.options import Options
from sandbox.push_crypto import encrypt, signature
from sandbox.state import App

Variant = Literal["normal", "bad_signature", "wrong_appid", "truncated", "stale"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
STALE_S = 3600
OTHER_APPID = "wx0000000000another"


@dataclass(frozen=True)
class Delivery:
    """A POST to the server's push URL."""

    query: dict[str, str]
    body: bytes
    content_type: str


def stamp(app: App, now: float) -> dict[str, str]:
    """Return a fresh timestamp, nonce and signature, as the URL check also carries them."""
    timestamp, nonce = str(int(now)), str(secrets.randbelow(9 * 10**8) + 10**8)
    signed = signature(app.push_token, timestamp, nonce)
    return {"signature": signed, "timestamp": timestamp, "nonce": nonce}


def write(
    event: Event, app: App, options: Options, *, now: float, variant: Variant = "normal"
) -> Delivery:
    """Write the event in the format and mode of the options."""
    query = stamp(app, now - STALE_S if variant == "stale" else now)
    sealed = ""
    if options.push_mode != "plain":
        sealed = encrypt(
            _body(event, app, options, sealed=""),
            appid=OTHER_APPID if variant == "wrong_appid" else app.appid,
            aes_key=app.push_aes_key,
        )
        signed = signature(app.push_token, query["timestamp"], query["nonce"], sealed)
        query |= {"openid": event.openid, "encrypt_type": "aes", "msg_signature": signed}
    if variant == "bad_signature":
        query |= {name: _spoilt(text) for name, text in query.items() if "signature" in name}
    body = _body(event, app, options, sealed=sealed).encode()
    if variant == "truncated":
        body = body[: len(body) // 2]
    kind = "text/xml" if options.push_format == "xml" else "application/json"
    return Delivery(query, body, kind)


def _body(event: Event, app: App, options: Options, *, sealed: str) -> str:
    """Write the message; with `sealed` what stands around it in the mode."""
    wrapped = {"Encrypt": sealed} if sealed else {}
    outside = bool(sealed) and options.push_mode == "safe"
    if options.push_format == "json":
        whole = events.in_json(event, recipient=app.original_id, options=options)
        shown = {"ToUserName": app.original_id} if outside else whole
        return json.dumps(shown | wrapped, ensure_ascii=False)
    whole_xml = events.in_xml(event, recipient=app.original_id)
    shown_xml = events.xml({"ToUserName": app.original_id}) if outside else whole_xml
    return f"<xml>{shown_xml}{events.xml(wrapped)}</xml>"


def _spoilt(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]
