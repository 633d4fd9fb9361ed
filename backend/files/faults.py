"""What goes wrong with the file store: what the caller hears, and what the log says."""

import logging
import re

from structlog import get_logger

from backend.files.refusals import FilesUnavailable
from backend.refusals import StorageFull
from config.outages import Spell, is_full

# The words of S3, of those who speak its language, and of the operating system.
_FULL = re.compile(
    r"QuotaExceeded|StorageFull|InsufficientStorage|507 Insufficient Storage"
    r"|\(os error (28|122)\)"
)
# Where a machine of a cloud asks for credentials when none are set.
_MACHINE = "//169.254.169.254/"
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_SILENT = _NO_ANSWER, _NO_CONNECTION = "no answer", "no connection"

log = get_logger()
# It may refuse to write and go on reading, or the other way round.
CALM_SECONDS = 10.0

_failed = Spell("file_store_failed", "file_store_back", level=logging.ERROR, calm=CALM_SECONDS)


def refusal(error: Exception) -> StorageFull | FilesUnavailable:
    """What the caller hears: StorageFull, or FilesUnavailable, which is logged once."""
    if is_full(error) or _FULL.search(str(error)):
        return StorageFull()
    # The breaker tells of silence.
    return FilesUnavailable() if is_silence(error) else away(reason(error))


def is_silence(error: Exception) -> bool:
    """Whether the store did not answer at all, rather than that it refused."""
    return reason(error) in _SILENT


def away(why: str) -> FilesUnavailable:
    """The store does not do what it is asked."""
    _failed.failed(why)
    return FilesUnavailable()


def answered() -> None:
    """The store has done what it was asked."""
    _failed.worked()


def lost(key: str) -> None:
    """Log that the bytes of a file are gone."""
    log.error("file_lost", key=key)


def no_bucket(error: Exception) -> bool:
    """Whether it is the bucket that was not found."""
    return "NoSuchBucket" in str(error)


def reason(error: Exception) -> str:
    """In a word or two: the store's own code, its status, or how it could not be asked."""
    text = str(error)
    if _MACHINE in text:
        return "no credentials"
    if found := _CODE.search(text) or _STATUS.search(text):
        return found[1]
    if isinstance(error, TimeoutError) or "operation timed out" in text:
        return _NO_ANSWER
    return _NO_CONNECTION if "error sending request" in text else type(error).__name__
