"""A name and an ID number that somebody says are theirs."""

from dataclasses import dataclass, field
from functools import cached_property

from config import vault


@dataclass(frozen=True)
class Claim:
    """Both in the one spelling that is kept; never shown in a repr."""

    name: str = field(repr=False)
    number: str = field(repr=False)

    @cached_property
    def number_hash(self) -> str:
        """By which the person of this number is known everywhere."""
        return vault.blind("id_number", self.number)

    @cached_property
    def claim_hash(self) -> str:
        """Tells the same claim made again."""
        return vault.blind("identity_claim", f"{self.number} {self.name}")
