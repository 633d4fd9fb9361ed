"""Pieces of bytes that a web process and its workshop send each other, each after its length."""

from typing import BinaryIO

_LENGTH_BYTES = 8


def send(to: BinaryIO, content: bytes) -> None:
    """Write one piece."""
    to.write(len(content).to_bytes(_LENGTH_BYTES) + content)
    to.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Read one piece; None where the other side has gone."""
    head = source.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    content = source.read(int.from_bytes(head))
    return content if len(content) == int.from_bytes(head) else None
