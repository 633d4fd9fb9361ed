"""Files that would cost seconds or hundreds of megabytes are refused, and large real ones pass."""

import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any

import pikepdf
import pytest
from PIL import Image

from backend.errors import TooLarge, UnsupportedType
from backend.files.cleaning import clean
from tests.backend.files.packing import packed_pdf
from tests.backend.files.pictures import SOMEBODY, a_picture, opened, saved

MEGABYTE = 1024 * 1024
PICTURE = a_picture()
PNG = a_picture("PNG")


def jpeg_with(piece: bytes, size: int = 3 * MEGABYTE) -> bytes:
    """A JPEG with this piece over and over before its picture."""
    at = 4 + int.from_bytes(PICTURE[4:6])
    return PICTURE[:at] + piece * (size // len(piece)) + PICTURE[at:]


def jpeg_of_many_scans() -> bytes:
    whole = saved(Image.new("RGB", (400, 400)), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * 60 + whole[-2:]


def png_with(piece: bytes) -> bytes:
    chunk = len(piece[4:]).to_bytes(4) + piece + zlib.crc32(piece).to_bytes(4)
    return PNG[:33] + chunk * 11_000 + PNG[33:]


REFUSED: dict[str, Callable[[], bytes]] = {
    "comments of a jpeg": lambda: jpeg_with(b"\xff\xfe\0\2"),
    "metadata of a jpeg": lambda: jpeg_with(b"\xff\xe1\0\2"),
    "tables of a jpeg": lambda: jpeg_with(b"\xff\xdb\0\2"),
    "marks of a jpeg": lambda: jpeg_with(b"\xff\xd0"),
    "filling of a jpeg": lambda: jpeg_with(b"\xff"),
    "nothing in a jpeg": lambda: jpeg_with(b"\0"),
    "scans of a jpeg": jpeg_of_many_scans,
    "pieces of a png": lambda: png_with(b"tEXta\0b"),
    "much in a pdf": lambda: packed_pdf(zlib.compress(bytes(101 * MEGABYTE), 1), ["/FlateDecode"]),
    "packed twice": lambda: packed_pdf(zlib.compress(zlib.compress(b"m")), ["/FlateDecode"] * 2),
    "packed in letters": lambda: packed_pdf(
        zlib.compress(b"z" * MEGABYTE + b"~>"), ["/FlateDecode", "/ASCII85Decode"]
    ),
    "packed by number": lambda: packed_pdf(b"m", ["/LZWDecode", "/RL"]),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_what_would_cost_too_much_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedType) as error:
        await clean(REFUSED[kind](), SOMEBODY)

    assert error.value.code == "file_type_refused"


@pytest.mark.parametrize(
    ("size", "kind", "how"),
    [
        ((1, 40_000), "PNG", {}),
        ((40_000, 1), "JPEG", {}),
        ((4000, 3200), "WEBP", {"lossless": True, "method": 0, "quality": 0}),
    ],
)
async def test_a_picture_too_long_or_too_large_for_its_format_is_refused(
    size: tuple[int, int], kind: str, how: dict[str, int]
) -> None:
    with pytest.raises(TooLarge) as error:
        await clean(saved(Image.new("RGB", size), kind, **how), SOMEBODY)

    assert error.value.code == "image_too_large"


async def test_a_pdf_of_a_scanner_passes() -> None:
    with pikepdf.Pdf.new() as pdf:
        for number in range(8):
            pdf.add_blank_page(page_size=(595, 842))
            noise = Image.frombytes("L", (620, 877), Random(number).randbytes(620 * 877))
            scan = pdf.make_stream(saved(noise, "JPEG"))
            scan.update({"/Subtype": pikepdf.Name.Image, "/Filter": pikepdf.Name.DCTDecode})
            scan.update({"/Width": 620, "/Height": 877, "/BitsPerComponent": 8})
            scan["/ColorSpace"] = pikepdf.Name.DeviceGray
            page = pdf.pages[-1]
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=scan))
            page.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
        content = BytesIO()
        pdf.save(content)

    cleaned = await clean(content.getvalue(), SOMEBODY)

    with pikepdf.open(BytesIO(cleaned.content)) as pdf:
        scans: list[Any] = [page.obj.Resources.XObject.I for page in pdf.pages]
        sizes = [opened(scan.read_raw_bytes()).size for scan in scans]
    assert sizes == [(620, 877)] * 8


async def test_a_photo_of_a_phone_passes_with_all_that_a_phone_writes() -> None:
    photo = Image.effect_noise((1008, 756), 20).convert("RGB").resize((4032, 3024))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x927C] = bytes(40_000)
    content = saved(photo, "JPEG", exif=exif, progressive=True, xmp=b"<x/>" * 15_000)

    film = b"\xff\xda" * 1000
    cleaned = (await clean(content + film, SOMEBODY)).content

    assert opened(cleaned).size == (3024, 4032)


async def test_what_is_transparent_in_webp_is_white_as_on_paper() -> None:
    content = saved(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "WEBP", lossless=True)

    image = opened((await clean(content, SOMEBODY)).content)

    assert image.getpixel((20, 20)) == (255, 255, 255)
