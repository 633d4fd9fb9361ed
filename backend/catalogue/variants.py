"""Hanzi that are written in several ways, traditional, Japanese and others: 證, 証 and 证."""

from functools import cache

from config import sources

VARIANTS = sources.DATA / "catalogue" / "variants.txt"


def simplified(text: str) -> str:
    """The text with each such character as mainland China writes it."""
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    lines = VARIANTS.read_text(encoding="utf-8").splitlines()
    return {
        ord(variant): line[0] for line in lines if not line.startswith("#") for variant in line[1:]
    }
