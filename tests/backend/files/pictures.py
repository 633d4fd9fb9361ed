"""Made-up uploads of every kind."""

from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SOMEBODY = UUID(int=3)
SECRET = b"41.8N-123.4E-secret"
REFUSED = {
    "nothing": b"",
    "text": "身份证".encode(),
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04" + bytes(64),
    "program": b"MZ" + bytes(200),
    "zip": b"PK\x03\x04" + bytes(200),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200),
    "start of a jpeg": b"\xff\xd8\xff\xe0" + bytes(40),
    "start of a png": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "start of a webp": b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(40),
}


def a_pdf(size: int = 0, **more: Any) -> bytes:
    """A PDF of a page, of about this many bytes, saved as told."""
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(b"0 0 m 100 100 l S")
        if size:
            noise = Random(size).randbytes(max(size - 900, 0))
            page.Kept = pdf.make_stream(noise)
        content = BytesIO()
        pdf.save(content, static_id=True, compress_streams=False, **more)
    return content.getvalue()


def a_picture(
    kind: str = "JPEG", *, mode: str = "RGB", size: tuple[int, int] = (60, 40), orientation: int = 0
) -> bytes:
    """A picture, its left half dark, with the secret wherever the format holds metadata."""
    image = Image.new(mode, size, 0)
    image.paste(Image.new(mode, (size[0] // 2, size[1]), _light(mode)), (size[0] // 2, 0))
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    if orientation:
        exif[0x0112] = orientation
    more: dict[str, object] = {"exif": exif}
    if kind == "JPEG":
        more["comment"] = SECRET
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", SECRET.decode())
        more["pnginfo"] = text
    return saved(image, kind, **more)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    content = BytesIO()
    image.save(content, kind, **more)
    return content.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def _light(mode: str) -> int | tuple[int, ...]:
    bands = len(Image.new(mode, (1, 1)).getbands())
    return 255 if bands == 1 else (255,) * bands


PDF = a_pdf()
