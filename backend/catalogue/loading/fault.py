"""What is wrong with a row of a data file beyond its shape."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from config.sources import BadRow, line_of

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What to say, in Chinese and English, and where in the row it stands."""

    reason: str
    path: Path = ()

    def bad_row(self, content: object, at: BadRow) -> BadRow:
        """The fault at its own line of the content, or else at that of the row."""
        return replace(at, reason=self.reason, line=line_of(content, self.path) or at.line)


@dataclass(frozen=True)
class Strange(Fault):
    """A name that is not known: whatever else names it has the same fault."""


def strange(
    path: Path, names: Iterable[str], known: Collection[str], *, said: str
) -> Iterator[Fault]:
    """A fault for each name of the list at `path` that is not known; `said` has {} for it.

    Where nothing at all is known, the fault is that of another file, and told there.
    """
    for number, name in enumerate(names):
        if known and name not in known:
            yield Strange(f"{path[0]}: {said.format(name)}", (*path, number))
