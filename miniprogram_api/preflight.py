"""What must be right before the first request, found out by the process that the operator sees.

Found by a worker of the server, it would be a traceback, or a 500 on somebody's submission.
"""

import asyncio

from backend.files import checking
from config.errors import StartError
from miniprogram_api import data_files


def check() -> None:
    """Ask the file store and read what is served from files; raises StartError, a line a fault."""
    asyncio.run(checking.check())
    if bad := data_files.check_served():
        raise StartError("\n".join(map(str, bad)))
