"""Why a process cannot start or go on, in words for the person at the terminal."""

import contextlib
import errno
import sys
from collections.abc import Iterator

INTERRUPTED = 130


class StartError(Exception):
    """Something outside the program stops it; one sentence for the operator, or one a line."""


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what the operator can mend into one sentence on stderr and exit status 1."""
    try:
        yield
    except StartError as error:
        sentence = str(error)
    except OSError as error:
        sentence = _of_system(error)
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    else:
        return
    for line in sentence.splitlines():
        sys.stderr.write(f"yikou: {line}\n")
    raise SystemExit(1)


def _of_system(error: OSError) -> str:
    place = f" {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"磁盘已满，无法写入。 The disk is full; cannot write{place}."
    return f"无法使用。 Cannot use{place}: {error.strerror or error}."
