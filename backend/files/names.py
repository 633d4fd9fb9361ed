"""The name a file is shown and saved under: what the sender called it, made harmless, sealed."""

import unicodedata
from uuid import UUID

from config import vault
from config.characters import visible
from config.vault import sealed
from models import StoredFile

_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_LONGEST = 100
_UNNAMED = "文件"


def shown(given: str, media_type: str) -> str:
    """The last part of the path, without control characters, ending as its content demands.

    What shows nothing is called 文件.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    # categories C*: controls, the marks that reverse text (exe.gpj), lone surrogates
    plain = "".join(each for each in last if not unicodedata.category(each).startswith("C"))
    endings = _ENDINGS[media_type]
    stem = plain.strip().strip(".")
    for ending in endings:
        if stem.lower().endswith(ending):
            stem = stem[: -len(ending)]
            break
    stem = stem[:_LONGEST].strip()
    return (stem if visible(stem) else _UNNAMED) + endings[0]


def sealed_name(file_id: UUID, name: str) -> bytes:
    """The name as the file's row keeps it."""
    return sealed.seal("stored_file", file_id, column="name", text=name)


def hashed(owner_id: UUID | str, name: str) -> str:
    """By which an owner's file of the same name is found."""
    return vault.blind("file_name", f"{owner_id} {name}")


def of(file: StoredFile) -> str:
    """The file's name, in clear."""
    return opened(file.id, file.name_sealed)


def opened(file_id: UUID, stored: bytes) -> str:
    """The name that this row's column keeps, in clear."""
    return sealed.unseal("stored_file", file_id, column="name", stored=stored) or ""
