"""The people whom the stand-in of the identity authority knows: a number and the name it is of."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import asdict, dataclass

PERSONS_MAX = 50_000


@dataclass(frozen=True)
class Person:
    """Somebody known; the number itself is not kept, since developers try out their own."""

    digest: str
    masked: str
    name: str

    def record(self) -> dict[str, str]:
        """What is kept across restarts."""
        return asdict(self)


class PersonError(ValueError):
    """One person too many."""


class Persons:
    """All of them, by the digest of the number."""

    def __init__(self, key: str) -> None:
        """Start empty; `key` makes the digests this sandbox's own."""
        self._key = key.encode()
        self._known: dict[str, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        """Go through them in the order they came."""
        return iter(list(self._known.values()))

    def __len__(self) -> int:
        """Count them."""
        return len(self._known)

    def find(self, number: str) -> Person | None:
        """Who has this number."""
        return self._known.get(self._digest(number))

    def put(self, name: str, number: str) -> Person:
        """Take in somebody, or somebody's new name; raise PersonError when there are too many."""
        masked = number[0] + "*" * (len(number) - 2) + number[-1]
        return self.restore(Person(self._digest(number), masked, name))

    def restore(self, person: Person) -> Person:
        """Take in somebody as they were kept."""
        if person.digest not in self._known and len(self._known) >= PERSONS_MAX:
            raise PersonError(f"There are {PERSONS_MAX} persons already; POST /_control/reset.")
        self._known[person.digest] = person
        return person

    def _digest(self, number: str) -> str:
        return hmac.digest(self._key, number.encode(), hashlib.sha256).hex()
