"""What must be right before the first request, found out by the process that the operator sees.

Found by a worker of the server, it would be a traceback, or a 500 on somebody's submission.
"""

import asyncio
import errno
import socket

from backend.files import checking
from config.errors import StartError
from miniprogram_api.process import data_files


def check() -> None:
    """Ask the file store and read what is served from files; raises StartError, a line a fault."""
    faults = [*asyncio.run(of_store()), *map(str, data_files.check_served())]
    if faults:
        raise StartError("\n".join(faults))


async def of_store() -> list[str]:
    """What keeps the file store from being used, in a sentence; nothing is written there."""
    try:
        await checking.check()
    except StartError as error:
        return [str(error)]
    return []


def check_free(host: str, port: int, *, variable: str) -> None:
    """Raise StartError, naming the setting to change, when nobody can listen there."""
    place = (host, port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"端口 {port} 已被其他程序占用：请停止该程序，或设置 {variable}。"
                    f" Port {port} is taken by another program: stop it or set {variable}."
                ) from None
            raise StartError(
                f"无法监听 {host}:{port}。 Cannot listen there: {error.strerror}."
            ) from None
