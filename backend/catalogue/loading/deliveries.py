"""How an applicant gets the result: what the block of the forms offers that asks for it."""

from collections.abc import Iterator, Mapping
from typing import get_args

from backend.catalogue.loading.fault import Fault
from backend.catalogue.loading.rows import Block
from backend.catalogue.shapes import Delivery

KEY, QUESTION = "delivery", "method"
AT_WINDOW: Delivery = "pickup"
"""Where no form asks."""
_KNOWN: tuple[Delivery, ...] = get_args(Delivery)


def offered(blocks: Mapping[str, Block]) -> list[Delivery]:
    """By the blocks of a form, each under the key of its answers."""
    choices = _choices(KEY, blocks[KEY]) if KEY in blocks else {}
    return [method for method in _KNOWN if method in choices] or [AT_WINDOW]


def faults(key: str, block: Block) -> Iterator[Fault]:
    """Choices that staff could not give as the way of a delivery."""
    for choice in _choices(key, block):
        if choice not in _KNOWN:
            known = ", ".join(_KNOWN)
            said = f"questions: {QUESTION} 没有这种领取方式 {choice} / must be one of {known}"
            yield Fault(said, ("questions", QUESTION, "one", choice))


def _choices(key: str, block: Block) -> Mapping[str, str]:
    question = block.questions.get(QUESTION) if key == KEY else None
    return (question.one if question else None) or {}
