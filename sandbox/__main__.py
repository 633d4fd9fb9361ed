"""`python -m sandbox`: run the stand-in for WeChat's server until stopped."""

import argparse
import asyncio
import errno
import logging
import os
import signal
import sys
from pathlib import Path

from config.settings import SettingsError, settings
from sandbox import server
from sandbox.state import State


def main() -> int:
    """Run the command; return the exit status, 1 after one sentence about what is wrong."""
    logging.basicConfig(level=logging.WARNING, format="sandbox: %(message)s")
    try:
        if not settings().development:
            return _fail("It is for development only, and YIKOU_ENV says otherwise.")
        return asyncio.run(_serve(_arguments()))
    except SettingsError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_sentence(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=server.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port", type=int, default=settings().sandbox_port, help="0 takes a free one"
    )
    parser.add_argument("--state", type=Path, help="file that keeps users and messages")
    parser.add_argument("--push-url", default="", help="where events go")
    return parser.parse_args()


async def _serve(given: argparse.Namespace) -> int:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    state = State(file=given.state, push_url=given.push_url)
    try:
        runner, url = await server.start(state, host=given.host, port=given.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return _fail(
            f"端口 {given.port} 已被占用，请停止占用它的程序，或另设 YIKOU_SANDBOX_PORT。"
            f" Port {given.port} is taken: stop what uses it, or set YIKOU_SANDBOX_PORT."
        )
    sys.stdout.write(
        # A terminal takes what stands beside an address for its part; so a space does.
        f"微信沙箱在 {url}/ ，推送到 {state.options.push_url} 。"
        f" The WeChat sandbox is at {url}/ and pushes to {state.options.push_url}.\n"
    )
    sys.stdout.flush()
    try:
        await stopped.wait()
    finally:
        await runner.cleanup()
    return 0


def _sentence(error: OSError) -> str:
    if error.filename:
        return f"Cannot use {error.filename}: {os.strerror(error.errno or 0)}."
    return f"Cannot serve: {error.strerror}."


def _fail(sentence: str) -> int:
    for line in sentence.splitlines():
        sys.stderr.write(f"sandbox: {line}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
