"""What must be right before the first request, found out by the process that the operator sees.

Found by a worker of the server, it would be a traceback, or a 500 on somebody's submission.
"""

import asyncio

from backend.files import checking
from config.errors import StartError
from miniprogram_api.process import served_files


def check() -> None:
    """Ask the file store and read what is served from files; raises StartError, a line a fault."""
    faults = [*asyncio.run(of_store()), *map(str, served_files.check())]
    if faults:
        raise StartError("\n".join(faults))


async def of_store() -> list[str]:
    """What keeps the file store from being used, in a sentence; nothing is written there."""
    try:
        await checking.check()
    except StartError as error:
        return [str(error)]
    return []
