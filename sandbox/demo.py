"""`python -m sandbox.demo`: the demo's two stories over HTTP, told step by step."""

import argparse
import asyncio
import sys

import aiohttp

from config.settings import settings
from sandbox.actors import Refused
from sandbox.journey import Journey
from sandbox.morning import Morning
from sandbox.telling import chapter, complain, console


async def main() -> int:
    """Play the stories against a running system; the exit status."""
    given = settings()
    arguments = argparse.ArgumentParser(description="Play a journey and a morning over HTTP.")
    arguments.add_argument("--api", default=given.base_url, help="where Yikou answers")
    arguments.add_argument("--sandbox", default=f"http://127.0.0.1:{given.sandbox_port}")
    asked = arguments.parse_args()
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        at = (http, asked.api, asked.sandbox)
        try:
            chapter("A journey: one application, from login to the last message")
            await Journey(*at).play()
            chapter("The window's morning: people who are not on WeChat")
            await Morning(*at, folder=given.var_dir / "demo").play()
        except aiohttp.ClientConnectionError:
            complain(f"Nobody answers at {asked.api} or {asked.sandbox}: start it with 'make run'.")
            return 1
        except (Refused, AssertionError) as error:
            complain(f"The story ended early: {error}")
            return 1
    console.print("\n[bold green]Both stories worked.[/]")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
