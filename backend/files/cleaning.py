"""What an upload is by its content, and a copy without what the sender did not mean to send."""

import asyncio
import struct
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import filetype
from PIL import ExifTags, Image

from backend.errors import TooLarge, UnsupportedType

FILE_BYTES = 10 * 1024 * 1024
IMAGE_PIXELS = 50_000_000  # 150 MB while it is worked on
QUALITY = 90

PDF = "application/pdf"
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "I;16", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
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

_at_once = asyncio.Semaphore(2)


@dataclass(frozen=True)
class Cleaned:
    """The content to store, what it is, and the SHA-256 (hex) of it."""

    content: bytes
    media_type: str
    sha256: str


async def clean(content: bytes) -> Cleaned:
    """JPEG, PNG and WebP drawn anew upright without metadata, PDF as it is; else refused.

    TooLarge beyond 10 MiB or 50 megapixels; UnsupportedType for any other or broken content.
    """
    if len(content) > FILE_BYTES:
        raise TooLarge("文件不能超过 10 MB", code="file_too_large")
    async with _at_once:
        return await asyncio.to_thread(_clean, content)


def _clean(content: bytes) -> Cleaned:
    media_type = filetype.guess_mime(content)
    if media_type in _FORMATS:
        content = _drawn_anew(content, _FORMATS[media_type])
    elif media_type != PDF:
        raise UnsupportedType("只接受 JPG、PNG、WebP 图片和 PDF 文件", code="file_type_refused")
    return Cleaned(content, media_type, sha256(content).hexdigest())


def _drawn_anew(content: bytes, kind: str) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > IMAGE_PIXELS:
                raise TooLarge("图片不能超过 5000 万像素", code="image_too_large")
            image.load()
            drawn = _in_mode(_upright(image), _MODES[kind])
        # what `info` holds (comments, profiles, text) would be written again
        drawn.info.clear()
        cleaned = BytesIO()
        drawn.save(cleaned, kind, quality=QUALITY)
    except _BROKEN as error:
        raise UnsupportedType("图片已损坏，请重新拍摄或选择", code="file_type_refused") from error
    return cleaned.getvalue()


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
