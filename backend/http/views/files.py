"""A file as whoever uploaded it sees it, and what an upload may be refused for."""

from uuid import UUID

from typing_extensions import TypedDict

from backend.files import names
from backend.files.refusals import (
    FileMissing,
    FileQuotaExceeded,
    FilesUnavailable,
    FileTooLarge,
    FileTypeRefused,
    ImageTooLarge,
    PdfEncrypted,
    UploadsBusy,
)
from backend.http.refusals import LengthRequired
from models import StoredFile

UPLOAD_REFUSALS = (
    FileMissing,
    LengthRequired,
    FileTooLarge,
    ImageTooLarge,
    FileTypeRefused,
    PdfEncrypted,
    FileQuotaExceeded,
    FilesUnavailable,
    UploadsBusy,
)


class FileView(TypedDict):
    """A file as it is kept: cleaned, so its size and SHA-256 may differ from what was sent."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


def file_view(stored: StoredFile) -> FileView:
    """The file, without a link to open it."""
    return {
        "id": stored.id,
        "name": names.of(stored),
        "media_type": stored.media_type,
        "size": stored.size,
        "sha256": stored.sha256,
    }
