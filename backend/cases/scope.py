"""Which cases a staff member's posts cover: the one filter of every staff read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend.cases.snapshot import Snapshot
from backend.identity.actors import StaffActor
from models import UnitLevel


@dataclass(frozen=True)
class Scope:
    """The subtrees of a person's units and, for departments, the cases of their items."""

    paths: frozenset[str]
    units: frozenset[str]

    def covers(self, case: Snapshot) -> bool:
        """Whether this case may be seen."""
        if case.department_unit_code in self.units or case.holder_code in self.units:
            return True
        place = case.community_path + "/"
        return any(place.startswith(path + "/") for path in self.paths)

    def sql(self, bind: Callable[[object], str]) -> str:
        """The same as a condition on `"case" c`; `bind` takes a value and gives its placeholder."""
        units = bind(sorted(self.units))
        parts = [
            f"c.department_unit_id = ANY({units}::varchar[])",
            f"c.holder_id = ANY({units}::varchar[])",
        ]
        parts += [f"c.community_path LIKE {bind(path + '%')}" for path in sorted(self.paths)]
        return f"({' OR '.join(parts)})"


def of(actor: StaffActor) -> Scope:
    """What the actor's posts of today cover."""
    return Scope(
        paths=frozenset(
            _outermost(post.path for post in actor.posts if post.level != UnitLevel.DEPARTMENT)
        ),
        units=frozenset(post.unit_code for post in actor.posts),
    )


def _outermost(paths: Iterable[str]) -> list[str]:
    """Leave out paths below others, so that the condition stays short."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(outer + "/") for outer in kept):
            kept.append(path)
    return kept
