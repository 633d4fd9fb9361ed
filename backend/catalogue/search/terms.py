"""The texts that are compared with what is typed, and in which of them each feature is."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

# What a query says that no text does counts, though less than the rarest word that one does.
_UNKNOWN = 0.5
# How much it costs a text what only the query says, and what only the text says.
_UNHEARD, _UNSAID = 0.45, 0.35
_UNSAID_TO_ONE_CHARACTER = 0.03


class Terms:
    """Texts by number, compared by how much of the query and of the text itself they share."""

    def __init__(self, terms: Iterable[Mapping[str, float]]) -> None:
        self._holding: dict[str, array[int]] = {}
        known = list(terms)
        for number, term in enumerate(known):
            for feature in term:
                self._holding.setdefault(feature, array("H")).append(number)
        self._count = len(known)
        self._unknown = _UNKNOWN * math.log(1 + self._count)
        self._masses = array("f", (self._mass(term) for term in known))

    def fits(self, asked: Mapping[str, float]) -> dict[int, float]:
        """Up to 1 for each term that shares more with the query than single characters."""
        shared: dict[int, float] = {}
        single: list[tuple[float, Sequence[int]]] = []
        total = 0.0
        for feature, share in asked.items():
            weight = share * self._rarity(feature)
            total += weight
            found: Sequence[int] = self._holding.get(feature, ())
            if len(feature) == 1 and len(asked) > 1:
                single.append((weight, found))
                continue
            for number in found:
                shared[number] = shared.get(number, 0.0) + weight
        for weight, found in single:
            for number in found:
                if number in shared:
                    shared[number] += weight
        unsaid = _UNSAID if len(asked) > 1 else _UNSAID_TO_ONE_CHARACTER
        return {
            number: mass / (mass + _UNHEARD * (total - mass) + unsaid * self._rest(number, mass))
            for number, mass in shared.items()
        }

    def _rest(self, number: int, mass: float) -> float:
        # A word may weigh more where it is asked for than in the term.
        return max(0.0, self._masses[number] - mass)

    def _mass(self, term: Mapping[str, float]) -> float:
        return sum(share * self._rarity(feature) for feature, share in term.items())

    def _rarity(self, feature: str) -> float:
        found = self._holding.get(feature)
        return math.log(1 + self._count / len(found)) if found else self._unknown
