"""Uploads of about 500 KB that cost whoever reads them as much as can be."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from PIL import ExifTags, Image

BYTES = 500_000
# Just what is still accepted: more is refused before it costs anything.
SIDE, WEBP_SIDE = 5000, 3500
NESTED_OBJECTS = 20_000
UNFOLDED_BYTES = 90 * 1024 * 1024
SCANS = 30
BOUNDARY = "limit"


def _form(content: bytes, *, head: bytes = b'; filename="a"') -> bytes:
    """A form of one part; `head` goes on behind the name of the field."""
    start = b'--limit\r\nContent-Disposition: form-data; name="file"' + head
    return start + b"\r\n\r\n" + content + b"\r\n--limit--\r\n"


def _pdf(*objects: bytes) -> bytes:
    """A PDF of a page and these objects, as numbers 4 and up; readers find them without a table."""
    known = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
    )
    numbered = enumerate((*known, *objects), start=1)
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % each for each in numbered)
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def _nested_arrays() -> bytes:
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page()
        array = b"[" + b"[]" * 50 + b"]"
        kept = [pdf.make_indirect(pikepdf.Object.parse(array)) for _ in range(NESTED_OBJECTS)]
        pdf.pages[0].obj.Kept = pikepdf.Array(kept)
        saved = BytesIO()
        pdf.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()


def _table() -> bytes:
    """A table of objects that unfolds to 90 MB of entries that are free."""
    packed = zlib.compress(bytes(UNFOLDED_BYTES), 9)
    entries = b"/Type/XRef/Size %d/W[1 1 1]/Root 1 0 R/Filter/FlateDecode" % (UNFOLDED_BYTES // 3)
    head = b"%PDF-1.7\n"
    return head + b"1 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        _stream(packed, entries),
        len(head),
    )


def _object_stream() -> bytes:
    packed = zlib.compress(b"9 0 " + b" " * UNFOLDED_BYTES, 9)
    entries = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"
    return _pdf(_stream(packed, entries), *[b"[4 0 R]"] * 5000)


def _chain() -> bytes:
    names = b"/ASCIIHexDecode" * 1000 + b"/ASCII85Decode" * 1000
    return _pdf(_stream(b"7a" * (BYTES // 2 - 20_000), b"/Filter[" + names + b"]"))


def _picture(kind: str, side: int, mode: str = "RGB", **more: object) -> bytes:
    saved = BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert(mode).save(saved, kind, **more)
    return saved.getvalue()


def _scans() -> bytes:
    """A JPEG that must be turned and has its last scan many times."""
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    once = _picture("JPEG", SIDE, progressive=True, quality=5, exif=turned)
    last = once[once.rindex(b"\xff\xda") : -2]
    return once[:-2] + last * min(SCANS, max(0, BYTES - len(once)) // len(last)) + once[-2:]


KINDS: dict[str, Callable[[], bytes]] = {
    "form: charset punycode": lambda: _form(
        b"fiq" + b"a" * BYTES, head=b"\r\nContent-Type: text/plain; charset=punycode"
    ),
    "form: name of combining marks": lambda: _form(
        b"x", head=b'; filename="%b"' % ("e" + "\u0316\u0301" * (BYTES // 4)).encode()
    ),
    "form: nearly a boundary, again and again": lambda: _form(b"\r\n--limi" * (BYTES // 8)),
    "PDF: 20,000 objects of 50 arrays": lambda: _form(_nested_arrays()),
    "PDF: 250,000 levels deep": lambda: _form(_pdf(b"[" * (BYTES // 2) + b"]" * (BYTES // 2))),
    "PDF: 7,000 streams": lambda: _form(_pdf(*[_stream(b"0 0 m")] * 7000)),
    "PDF: table that unfolds to 90 MB": lambda: _form(_table()),
    "PDF: objects that unfold to 90 MB": lambda: _form(_object_stream()),
    "PDF: 2,000 filters": lambda: _form(_chain()),
    "PNG: 25 megapixels": lambda: _form(_picture("PNG", SIDE, "RGBA")),
    "JPEG: 25 megapixels, many scans, turned": lambda: _form(_scans()),
    "WebP: 12 megapixels": lambda: _form(_picture("WEBP", WEBP_SIDE)),
    "PDF, 50 bytes at a time": lambda: _form(_pdf(*[_stream(b"0 0 m")] * 7000)),
}
"""What is uploaded, by what it is called."""
DRIBBLED = {"PDF, 50 bytes at a time": 50}
"""How many bytes at a time such a one is sent."""
