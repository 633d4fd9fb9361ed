"""getwxacodeunlimit: checks of the scene and page, and a picture (wechat.md 7)."""

import hashlib
import re
import struct
import zlib
from typing import Any

from sandbox.endpoint import Call, Reply
from sandbox.state import State
from sandbox.wire import WeChatError

SCENE_MAX = 32
SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+")
VERSIONS = {"release", "trial", "develop"}
WIDTH_MIN, WIDTH, WIDTH_MAX = 280, 430, 1280
MODULES = 25


async def getwxacodeunlimit(state: State, call: Call) -> Reply:
    """Return a PNG that looks different for each scene and page."""
    body = call.body
    scene, page = _scene(body.get("scene")), body.get("page", "pages/index/index")
    if body.get("env_version", "release") not in VERSIONS:
        raise WeChatError(40097)
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise WeChatError(41030)
    if body.get("check_path", True) and page not in state.app.pages:
        raise WeChatError(41030)
    return png(f"{page}?{scene}", _width(body))


def png(text: str, width: int) -> bytes:
    """Draw `width` by `width` pixels of black squares that follow from the text."""
    noise = hashlib.shake_256(text.encode(errors="replace")).digest(MODULES * MODULES // 8 + 1)
    bits = int.from_bytes(noise, "big")
    rows = [_row(bits >> y * MODULES, width) for y in range(MODULES)]
    pixels = b"".join(rows[y * MODULES // width] for y in range(width))
    header = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _scene(scene: object) -> str:
    if not isinstance(scene, str) or not 1 <= len(scene) <= SCENE_MAX:
        raise WeChatError(40169)
    if not SCENE.fullmatch(scene):
        raise WeChatError(40129)
    if "scancode_time" in scene:
        raise WeChatError(85096)
    return scene


def _width(body: dict[str, Any]) -> int:
    width = body.get("width", WIDTH)
    if isinstance(width, bool) or not isinstance(width, int):
        raise WeChatError(40097)
    if not WIDTH_MIN <= width <= WIDTH_MAX:
        raise WeChatError(40097)
    return width


def _row(bits: int, width: int) -> bytes:
    """Pack one line of pixels, one bit each, behind PNG's filter byte."""
    dots = "".join(str(bits >> (x * MODULES // width) & 1) for x in range(width))
    size = -(-width // 8)
    return b"\0" + int(dots.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
