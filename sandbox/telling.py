"""Telling a story of the demo at the terminal."""

from typing import NoReturn

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True).print


def chapter(text: str) -> None:
    """Tell which story begins."""
    console.print(f"\n[bold]{text}[/]")


def say(text: str) -> None:
    """Tell what a person does."""
    console.print(f"\n[bold green]●[/] {text}")


def show(text: str) -> None:
    """Tell what the system answered."""
    console.print(f"    {text}", style="dim")


def wrong(text: str) -> NoReturn:
    """End the story: what was to come did not."""
    raise AssertionError(text)
