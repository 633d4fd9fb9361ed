import struct
import zlib
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from backend.errors import ServiceError, TooLarge, UnsupportedType
from backend.files import contents, workshop
from backend.files.cleaning import clean
from tests.backend.files.pictures import PDF, REFUSED, SECRET, SOMEBODY, a_picture, opened, saved

KINDS = ["JPEG", "PNG", "WEBP"]


async def refused(content: bytes) -> str:
    with pytest.raises(UnsupportedType) as error:
        await clean(content, SOMEBODY)
    return error.value.code


@pytest.mark.parametrize("kind", KINDS)
async def test_a_picture_keeps_what_is_to_be_seen_and_loses_the_rest(kind: str) -> None:
    given = a_picture(kind)
    assert SECRET in given

    cleaned = await clean(given, SOMEBODY)

    image = opened(cleaned.content)
    assert cleaned.media_type == f"image/{kind.lower()}"
    assert cleaned.sha256 == sha256(cleaned.content).hexdigest()
    assert SECRET not in cleaned.content
    assert not image.getexif()
    assert image.size == (60, 40)
    assert _brightness(image, (5, 20)) < 40
    assert _brightness(image, (55, 20)) > 215


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
async def test_a_picture_is_turned_as_a_viewer_would(kind: str, orientation: int) -> None:
    given = a_picture(kind, orientation=orientation)
    seen = ImageOps.exif_transpose(opened(given))

    image = opened((await clean(given, SOMEBODY)).content)

    assert image.size == seen.size
    for place in ((5, 20), (20, 5), (image.width - 5, image.height - 5)):
        assert abs(_brightness(image, place) - _brightness(seen, place)) < 40


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of metadata it can't read
@pytest.mark.parametrize("kind", KINDS)
async def test_metadata_nobody_can_read_spoil_no_picture(kind: str) -> None:
    picture = a_picture(kind, orientation=6)
    assert b"MM\0*" in picture

    for damage in (b"MM\0*\xff\xff\xff\xff", b"MM\0*\0\0\0\x09", b"XXXXXXXX"):
        at = picture.index(b"MM\0*")
        damaged = picture[:at] + damage + picture[at + 8 :]
        if kind == "PNG":
            damaged = _with_checksums(damaged)
        cleaned = await clean(damaged, SOMEBODY)
        assert SECRET not in cleaned.content


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("WEBP", "RGBA"),
    ],
)
async def test_every_mode_of_colour_is_taken(kind: str, mode: str) -> None:
    cleaned = await clean(a_picture(kind, mode=mode), SOMEBODY)

    assert opened(cleaned.content).size == (60, 40)
    assert SECRET not in cleaned.content


async def test_what_is_transparent_stays_so() -> None:
    palette = Image.new("P", (4, 4), 0)

    cleaned = await clean(saved(palette, "PNG", transparency=0), SOMEBODY)

    assert opened(cleaned.content).getchannel("A").getextrema() == (0, 0)


async def test_a_picture_with_a_second_file_behind_it_loses_that() -> None:
    cleaned = await clean(a_picture() + b"PK\x03\x04" + SECRET, SOMEBODY)

    assert b"PK\x03\x04" not in cleaned.content


async def test_the_same_upload_is_cleaned_to_the_same_bytes() -> None:
    first, second = [await clean(a_picture(), SOMEBODY) for _ in range(2)]

    assert first == second


@pytest.mark.parametrize("kind", REFUSED)
async def test_anything_else_is_refused_whatever_it_is_called(kind: str) -> None:
    assert await refused(REFUSED[kind]) == "file_type_refused"


@pytest.mark.parametrize("kind", KINDS)
async def test_half_a_picture_is_refused(kind: str) -> None:
    whole = a_picture(kind, size=(300, 300))

    assert await refused(whole[: len(whole) * 2 // 3]) == "file_type_refused"


async def test_more_than_ten_mebibytes_are_refused() -> None:
    with pytest.raises(TooLarge) as error:
        await clean(PDF + bytes(contents.FILE_BYTES - len(PDF) + 1), SOMEBODY)
    assert error.value.code == "file_too_large"

    assert await clean(PDF + bytes(contents.FILE_BYTES - len(PDF)), SOMEBODY)


async def test_a_small_file_that_unfolds_to_a_giant_picture_is_refused_unfolded() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(bytes(1000))
    bomb += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))

    with pytest.raises(TooLarge) as error:
        await clean(bomb, SOMEBODY)
    assert error.value.code == "image_too_large"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of metadata it can't read
@pytest.mark.parametrize("kind", KINDS)
@hypothesis_settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
@given(data=st.data())
def test_a_damaged_picture_is_cleaned_or_refused_and_nothing_else(
    kind: str, data: st.DataObject
) -> None:
    content = bytearray(a_picture(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        cleaned = workshop.cleaned(bytes(content))
    except ServiceError:
        return
    assert SECRET not in cleaned.content


def _brightness(image: Image.Image, place: tuple[int, int]) -> float:
    found = image.convert("L").getpixel(place)
    assert isinstance(found, int | float)
    return found


def _with_checksums(png: bytes) -> bytes:
    whole, at = png[:8], 8
    while at < len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4])
        whole += png[at:end] + struct.pack(">I", zlib.crc32(png[at + 4 : end]))
        at = end + 4
    return whole
