"""What may be uploaded, and what is kept of it."""

from dataclasses import dataclass

FILE_BYTES = 10 * 1024 * 1024
PICTURES = ("image/jpeg", "image/png", "image/webp")
PDF = "application/pdf"


@dataclass(frozen=True)
class Cleaned:
    """The content to store, what it is, and the SHA-256 (hex) of it."""

    content: bytes
    media_type: str
    sha256: str
