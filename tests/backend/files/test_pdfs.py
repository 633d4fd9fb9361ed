"""PDFs that act, hide or hurt: what staff get is only what is to be read."""

import re
import zlib
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from backend.errors import UnsupportedType
from backend.files.cleaning import clean
from tests.backend.files.pictures import PDF, SOMEBODY, a_pdf

ACTS = re.compile(
    rb"JavaScript|/JS\b|OpenAction|/AA\b|Launch|EmbeddedFile|/EF\b|XFA|RichMedia|SubmitForm|/URI"
    rb"|secret|Metadata|/Info\b|GoToR"
)


def hostile() -> bytes:
    """A PDF with whatever may act in one, directly and by reference."""
    with Pdf.open(BytesIO(PDF)) as pdf:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert('secret')"))
        launch = pdf.make_indirect(Dictionary(S=Name.Launch, F=String("secret.exe")))
        opens: Any = Dictionary(S=Name.GoTo, Next=Array([script, launch]))
        root: Any = pdf.Root
        root.OpenAction = script
        root.AA = Dictionary(WC=script)
        root.AcroForm = Dictionary(
            Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, AA=Dictionary(K=script)))]),
            XFA=pdf.make_stream(b"<xdp>secret</xdp>"),
        )
        root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
        root.Outlines = Dictionary(First=pdf.make_indirect(Dictionary(A=launch)))
        pdf.attachments["secret.exe"] = b"MZ secret"
        page: Any = pdf.pages[0].obj
        page.AA = Dictionary(O=launch)
        page.Metadata = pdf.make_stream(b"secret")
        page.Annots = Array(
            [
                Dictionary(Type=Name.Annot, Subtype=Name.Link, A=opens),
                Dictionary(Type=Name.Annot, Subtype=Name.Link, A=pdf.make_indirect(script)),
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    A=Dictionary(S=Name.URI, URI=String("http://secret.example")),
                ),
                Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, RichMediaContent=Dictionary()),
                Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Contents=String("secret")),
            ]
        )
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = ["secret"]
        pdf.docinfo["/Author"] = "secret"
        content = BytesIO()
        pdf.save(content)
    return content.getvalue()


def unfolded(content: bytes) -> bytes:
    """The same with everything in it to be read by a search."""
    with Pdf.open(BytesIO(content)) as pdf:
        plain = BytesIO()
        pdf.save(
            plain,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return plain.getvalue()


async def refused(content: bytes) -> str:
    with pytest.raises(UnsupportedType) as error:
        await clean(content, SOMEBODY)
    return error.value.code


async def test_nothing_that_acts_or_hides_reaches_staff_and_the_page_stays() -> None:
    given = hostile()
    assert len(set(ACTS.findall(unfolded(given)))) > 10

    cleaned = (await clean(given, SOMEBODY)).content

    plain = unfolded(cleaned)
    assert not ACTS.findall(plain)
    assert b"0 0 m 100 100 l S" in plain
    with Pdf.open(BytesIO(cleaned)) as pdf:
        kinds = [str(each["/Subtype"]) for each in pdf.pages[0].obj["/Annots"]]
    assert kinds == ["/Link"] * 3


async def test_the_same_pdf_is_written_to_the_same_bytes() -> None:
    first, second = [await clean(hostile_, SOMEBODY) for hostile_ in [hostile()] * 2]

    assert first == second


@pytest.mark.parametrize("user", ["u", ""], ids=["closed", "restricted"])
async def test_an_encrypted_one_is_refused(user: str) -> None:
    content = a_pdf(encryption=pikepdf.Encryption(owner="o", user=user))

    assert await refused(content) == "pdf_encrypted"


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"]" * 100_000 + b"\nendobj\n%%EOF"


BROKEN = {
    "a head alone": b"%PDF-1.7\n",
    "no page": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
    "noise": b"%PDF-1.7\n" + bytes(range(256)) * 400,
    "nested": nested(),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_broken_one_is_refused(kind: str) -> None:
    assert await refused(BROKEN[kind]) == "file_type_refused"


async def test_one_that_unfolds_to_gigabytes_is_refused_and_the_next_is_served() -> None:
    assert await refused(bomb()) == "file_type_refused"

    assert (await clean(PDF, SOMEBODY)).media_type == "application/pdf"


def bomb() -> bytes:
    """A table of objects that is 4 MB as it lies and 4 GB when it is read."""
    size, parts = 2**24, 256
    zeros = zlib.compressobj(9)
    start = zeros.compress(b"") + zeros.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes stand for the same zeros again.
    part = zeros.compress(bytes(size)) + zeros.flush(zlib.Z_FULL_FLUSH)
    checksum = (size * parts % 65_521 << 16 | 1).to_bytes(4)
    packed = start + part * parts + b"\x03\x00" + checksum
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 3 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode"
    body = head + b" /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\n"
    return body + b"startxref\n9\n%%EOF\n"
