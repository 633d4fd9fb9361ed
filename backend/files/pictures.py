"""Pictures drawn anew: upright, and without whatever else the file held."""

import struct
from io import BytesIO

from PIL import ExifTags, Image

from backend.errors import TooLarge, UnsupportedType

PIXELS = 25_000_000
"""More than a phone's camera gives in its usual mode; 100 MB while it is worked on."""
QUALITY = 90

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Of a PNG; writers cut its data into pieces of 4 kB or more.
_CHUNKS = 10_000
_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "I;16", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
}
# More effort costs seconds and saves little.
_SAVED: dict[str, dict[str, int]] = {
    "JPEG": {"quality": QUALITY},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": QUALITY, "method": 2},
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, OverflowError, struct.error)

# Pillow warns at its limit and refuses at twice of it; ours is checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def drawn_anew(content: bytes, media_type: str) -> bytes:
    """The picture in the same format; TooLarge beyond 25 megapixels, UnsupportedType if broken."""
    kind = FORMATS[media_type]
    if kind == "PNG" and _too_many_chunks(content):
        raise _broken()
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > PIXELS:
                raise TooLarge("图片不能超过 2500 万像素", code="image_too_large")
            image.load()
            drawn = _in_mode(_upright(image), _MODES[kind])
        # what `info` holds (comments, profiles, text) would be written again
        drawn.info.clear()
        cleaned = BytesIO()
        drawn.save(cleaned, kind, **_SAVED[kind])
    except _BROKEN as error:
        raise _broken() from error
    return cleaned.getvalue()


def _too_many_chunks(content: bytes) -> bool:
    at, count = 8, 0
    while at < len(content) and count <= _CHUNKS:
        at += 12 + int.from_bytes(content[at : at + 4])
        count += 1
    return count > _CHUNKS


def _broken() -> UnsupportedType:
    return UnsupportedType("图片已损坏，请重新拍摄或选择", code="file_type_refused")


def _upright(image: Image.Image) -> Image.Image:
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return image  # metadata nobody can read, as some phones write it, spoil no picture
    return image if turn is None else image.transpose(turn)


def _in_mode(image: Image.Image, modes: set[str]) -> Image.Image:
    if image.mode in modes:
        return image
    see_through = image.has_transparency_data and "RGBA" in modes
    return image.convert("RGBA" if see_through else "RGB")
