"""Pictures drawn anew: upright, and without whatever else the file held."""

import re
import struct
from io import BytesIO

from PIL import ExifTags, Image, JpegImagePlugin

from backend.files.refusals import FileTypeRefused, ImageTooLarge

PIXELS = 25_000_000
"""More than a phone's camera gives in its usual mode; 100 MB while it is worked on."""
WEBP_PIXELS = 12_500_000
"""A phone's 12 megapixels; WebP costs five times what the others do."""
SIDE = 32_767
"""Longer than screenshots of whole pages; each line costs something."""
QUALITY = 90

# Of a PNG; writers cut its data into pieces of 4 kB or more.
_CHUNKS = 10_000
# Of a JPEG, what stands before its picture: 10 MB of metadata are 160 pieces, and some bytes fill.
_PIECES = 10_000
# Markers that stand alone; all others say how long their piece is.
_BARE = {
    code.to_bytes(2)[1:] for code, (_, _, read) in JpegImagePlugin.MARKER.items() if read is None
}
# Progressive ones have about ten, and each goes through the whole picture.
_SCANS = 50
_SCAN, _END = b"\xda", b"\xd9"
# A scan's own bytes have only zeros and restarts behind 0xFF (ITU T.81, B.1.1.5).
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "I;16", "RGB", "RGBA"},
    "WEBP": {"RGB"},
}
# More effort costs seconds and saves little.
_SAVED: dict[str, dict[str, int]] = {
    "JPEG": {"quality": QUALITY},
    "PNG": {"compress_level": 1},
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
    """The picture in the same format; ImageTooLarge, or FileTypeRefused if it is broken."""
    kind = media_type.removeprefix("image/").upper()  # as Pillow names it
    if (kind == "PNG" and _too_many_chunks(content)) or (kind == "JPEG" and _too_often(content)):
        raise _broken()
    try:
        drawn, turn = _opened(content, kind)
        if turn is not None:
            drawn = drawn.transpose(turn)
        # what `info` holds (comments, profiles, text) would be written again
        drawn.info.clear()
        cleaned = BytesIO()
        drawn.save(cleaned, kind, **_SAVED[kind])
    except _BROKEN as error:
        raise _broken() from error
    return cleaned.getvalue()


def _opened(content: bytes, kind: str) -> tuple[Image.Image, Image.Transpose | None]:
    """The picture in a mode that its format is written in, and how it must be turned.

    Each step's picture is gone before the next step: one of 25 megapixels has 100 MB.
    """
    with Image.open(BytesIO(content), formats=[kind]) as image:
        _check_size(image.width, image.height, kind)
        image.load()
        return _in_mode(image, kind), _turn(image)


def _check_size(width: int, height: int, kind: str) -> None:
    if max(width, height) > SIDE:
        raise ImageTooLarge("图片的长和宽不能超过 32767 像素")
    if width * height > PIXELS:
        raise ImageTooLarge
    if kind == "WEBP" and width * height > WEBP_PIXELS:
        raise ImageTooLarge("WebP 图片不能超过 1250 万像素，请改用 JPG 格式")


def _too_many_chunks(content: bytes) -> bool:
    at, count = 8, 0
    while at < len(content) and count <= _CHUNKS:
        at += 12 + int.from_bytes(content[at : at + 4])
        count += 1
    return count > _CHUNKS


def _too_often(content: bytes) -> bool:
    """Whether a JPEG has more pieces or scans than any program writes; walks as readers do."""
    at, scans = 2, 0
    for _ in range(_PIECES):
        first, code, length = (content[at + n : at + m] for n, m in ((0, 1), (1, 2), (2, 4)))
        if not length or (scans and code == _END):
            return False  # what stands behind, as a phone's film of the moment, is not read
        if first != b"\xff" or code in {b"\0", b"\xff"}:
            at += 1
        elif code in _BARE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(length))
        if first == b"\xff" and code == _SCAN:
            scans += 1
            found = _AFTER_SCAN.search(content, at)
            if found is None or scans > _SCANS:
                return scans > _SCANS
            at = found.start()
    return True


def _broken() -> FileTypeRefused:
    return FileTypeRefused("图片已损坏，请重新拍摄或选择")


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return None  # metadata nobody can read, as some phones write it, spoil no picture


def _in_mode(image: Image.Image, kind: str) -> Image.Image:
    modes = _MODES[kind]
    if image.mode in modes:
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    return image.convert("RGBA") if "RGBA" in modes else _on_white(image)


def _on_white(image: Image.Image) -> Image.Image:
    """As it is seen on paper: transparency would cost WebP as much again."""
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
