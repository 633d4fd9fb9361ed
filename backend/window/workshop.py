"""`python -m backend.window.workshop`: reads and writes tables for a web process.

What it is to do comes as JSON on the first line, a table after it. No other process loads openpyxl.
"""

import json
from typing import Any

from backend.files import forks
from backend.files.forks import MEGABYTE, Limits
from backend.window import delimited, workbooks

# 500 rows of 60 columns take a second and 80 MB.
LIMITS = Limits(memory=512 * MEGABYTE, seconds=8)


def main() -> None:
    """Serve until standard input ends."""
    forks.serve(_work, lambda _piece: LIMITS)


def _work(piece: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, content = piece.partition(b"\n")
    asked = json.loads(head)
    if asked["do"] == "write":
        return {}, workbooks.written(asked)
    lines = (workbooks if asked["do"] == "xlsx" else delimited).read(content)
    return {}, json.dumps(lines, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
