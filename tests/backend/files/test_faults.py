"""What a file store's own words mean, and the pieces, names and links that files go by."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from obstore.exceptions import GenericError

from backend.audit import Actor
from backend.files import faults, links, names, pieces
from backend.files.refusals import FileLinkExpired, FilesUnavailable
from backend.refusals import StorageFull
from config.clock import CITY_TIME
from config.vault import signing
from config.vault.vault import SealBroken

NOW = datetime(2026, 3, 9, 10, tzinfo=CITY_TIME)
XML = "<Error><Code>{}</Code><Message>x</Message></Error>"


@dataclass(frozen=True)
class Told:
    """What the library says, and what that means."""

    error: Exception
    reason: str
    full: bool = False
    silent: bool = False


TOLD = [
    Told(GenericError(XML.format("NoSuchBucket")), "NoSuchBucket"),
    Told(GenericError(XML.format("AccessDenied") + " status code: 403"), "AccessDenied"),
    Told(GenericError("request failed, status code: 403 Forbidden"), "403"),
    Told(GenericError("status code: 404, " + XML.format("x" * 61)), "404"),
    Told(GenericError(XML.format("QuotaExceeded")), "QuotaExceeded", full=True),
    Told(GenericError(XML.format("XMinioStorageFull")), "XMinioStorageFull", full=True),
    Told(GenericError("507 Insufficient Storage"), "GenericError", full=True),
    Told(GenericError("No space left on device (os error 28)"), "GenericError", full=True),
    Told(GenericError("Disk quota exceeded (os error 122)"), "GenericError", full=True),
    Told(GenericError("No such file (os error 2)"), "GenericError"),
    Told(OSError(28, "No space left on device"), "OSError", full=True),
    Told(PermissionError(13, "Permission denied"), "PermissionError"),
    Told(TimeoutError(), "no answer", silent=True),
    Told(GenericError("operation timed out"), "no answer", silent=True),
    Told(GenericError("error sending request for url (http://x)"), "no connection", silent=True),
    Told(
        GenericError("error sending request for url (http://169.254.169.254/latest)"),
        "no credentials",
    ),
    Told(GenericError("status code: 503, error sending request"), "503"),
    Told(ValueError("whatever"), "ValueError"),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: str(told.error)[:30])
def test_the_store_is_understood(told: Told) -> None:
    assert faults.reason(told.error) == told.reason
    assert faults.is_silence(told.error) is told.silent
    refusal = StorageFull if told.full else FilesUnavailable
    assert type(faults.refusal(told.error)) is refusal
    faults.answered()


def test_only_a_bucket_that_is_not_there_is_no_bucket() -> None:
    assert faults.no_bucket(TOLD[0].error)
    assert not faults.no_bucket(TOLD[3].error)


@pytest.mark.parametrize("content", [b"", b"a", bytes(70_000), b"\x00" * 8])
def test_pieces_come_as_they_were_sent_one_after_the_other(content: bytes) -> None:
    wire = io.BytesIO()
    for each in (content, b"next"):
        pieces.send(wire, each)
    wire.seek(0)

    assert [pieces.receive(wire) for _ in range(3)] == [content, b"next", None]


@pytest.mark.parametrize("kept", [0, 7, 8, 9, 11])
def test_a_piece_that_was_cut_is_none(kept: int) -> None:
    wire = io.BytesIO()
    pieces.send(wire, b"abcd")
    cut = io.BytesIO(wire.getvalue()[:kept])

    assert pieces.receive(cut) is None


@pytest.mark.parametrize(
    ("media_type", "given", "shown"),
    [
        ("image/png", "a.PNG", "a.png"),
        ("image/png", "a.jpg", "a.jpg.png"),
        ("image/webp", "a.webp", "a.webp"),
        ("application/pdf", "a.pdf.pdf", "a.pdf.pdf"),
        ("application/pdf", " a .pdf ", "a.pdf"),
        ("image/jpeg", "a.jpeg.jpg", "a.jpeg.jpg"),
    ],
)
def test_each_type_has_its_endings(media_type: str, given: str, shown: str) -> None:
    assert names.shown(given, media_type) == shown


def test_a_name_is_sealed_for_its_row_and_found_for_its_owner() -> None:
    file, other = UUID(int=1), UUID(int=2)
    sealed = names.sealed_name(file, "身份证.jpg")

    assert names.opened(file, sealed) == "身份证.jpg"
    assert "身份证".encode() not in sealed
    with pytest.raises(SealBroken):
        names.opened(other, sealed)
    hashes = {names.hashed(owner, name) for owner in (file, other) for name in ("a", "b")}
    assert len(hashes) == 4
    assert names.hashed(file, "a") == names.hashed(str(file), "a")


HOLDER = Actor("staff", UUID(int=7), ("210102001001", "210102001000"))
FILE = UUID(int=9)


def token(to: Actor = HOLDER) -> str:
    path = links.link(FILE, to=to, now=NOW)
    assert path.startswith("/api/v1/files/content/")
    return path.rpartition("/")[2]


@pytest.mark.parametrize("holder", [HOLDER, Actor("resident", UUID(int=8), ())])
def test_a_link_opens_one_file_and_names_who_was_given_it(holder: Actor) -> None:
    assert links.opened(token(holder), now=NOW) == links.Link(FILE, holder)


def test_a_link_holds_for_five_minutes() -> None:
    end = NOW + timedelta(minutes=5)

    links.opened(token(), now=end - timedelta(seconds=1))
    with pytest.raises(FileLinkExpired):
        links.opened(token(), now=end)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "a.b.c",
        signing.sign({"sub": str(FILE)}, audience="file", seconds=60, now=NOW),
        signing.sign(
            {"sub": str(FILE), "to": f"staff:{HOLDER.id}", "posts": ""},
            audience="resident",
            seconds=60,
            now=NOW,
        ),
    ],
)
def test_what_is_no_link_of_ours_opens_nothing(wrong: str) -> None:
    with pytest.raises(FileLinkExpired):
        links.opened(wrong, now=NOW)


def test_a_changed_link_opens_nothing() -> None:
    head, body, signature = token().split(".")
    for changed in (f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}.{signature[:-2]}AA"):
        with pytest.raises(FileLinkExpired):
            links.opened(changed, now=NOW)
