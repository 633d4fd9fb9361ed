"""Whether a port that we shall listen on is free, asked by the process that the operator sees."""

import errno
import socket

from config.errors import StartError


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
