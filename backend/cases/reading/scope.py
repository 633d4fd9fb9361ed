"""Which cases a staff member's posts cover: the one filter of every staff read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from backend.audit import Actor
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import FINAL
from backend.identity.actors import PostView, StaffActor
from backend.organisation import queries as organisation
from models import Role, UnitLevel

TAKEN_OVER = """c.holder_id = ANY({0}::varchar[]) AND c.id = ANY(ARRAY(
    SELECT t.case_id FROM case_transfer t
    WHERE t.state = 'accepted' AND t.to_unit_id = ANY({0}::varchar[])))"""
"""Cases `c` that one of these units has taken over and holds: they are few, and asked by id."""
READERS = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})
"""An administrator manages accounts and posts and sees no case (三员分立)."""


@dataclass(frozen=True)
class Scope:
    """The subtrees of a person's units and, for departments, the cases of their items.

    `communities` are the paths of subtrees that are one community, `paths` those of greater ones.
    """

    communities: frozenset[str]
    paths: frozenset[str]
    units: frozenset[str]

    def covers(self, case: Snapshot) -> bool:
        """Whether this case may be seen: also one, read whole, that a transfer is open to."""
        theirs = {case.department_unit_code, case.holder_code, case.incoming_unit_code}
        if theirs & self.units:
            return True
        places = (case.community_path, organisation.known_or_not(case.holder_code).path)
        return any(
            f"{place}/".startswith(f"{path}/")
            for place in places
            for path in self.paths | self.communities
        )

    def conditions(self, bind: Callable[[object], str]) -> list[str]:
        """The same on `"case" c` of which one must hold; none where nothing is seen.

        Apart they are answered in the order of an index each, the greater subtrees by walking the
        newest cases; together in one WHERE they made PostgreSQL read far more. `bind` takes a value
        and gives its placeholder.
        """
        equal = [
            *(("department_unit_id", unit) for unit in sorted(self.units)),
            *(("holder_id", unit) for unit in sorted(self.units)),
            *(("community_path", path) for path in sorted(self.communities)),
        ]
        held = [f"c.{column} = {bind(value)}" for column, value in equal]
        placed = [f"c.community_path LIKE {bind(path + '/%')}" for path in sorted(self.paths)]
        below = organisation.within(sorted(self.paths)) if self.paths else []
        return held + placed + ([TAKEN_OVER.format(bind(below))] if below else [])


@dataclass(frozen=True)
class Received:
    """What these windows filed for somebody and is not over yet."""

    windows: Sequence[str]

    def conditions(self, bind: Callable[[object], str]) -> list[str]:
        """As `Scope.conditions`."""
        over = bind(sorted(FINAL))
        return [
            f"c.received_unit_id = {bind(unit)} AND c.status <> ALL({over}::varchar[])"
            for unit in self.windows
        ]


def of(actor: StaffActor) -> Scope:
    """What the actor's posts of today cover."""
    posts = reading(actor)
    levels = {post.path: post.level for post in posts if post.level is not UnitLevel.DEPARTMENT}
    outermost = _outermost(levels)
    communities = {path for path in outermost if levels[path] is UnitLevel.COMMUNITY}
    return Scope(
        communities=frozenset(communities),
        paths=frozenset(outermost) - communities,
        units=frozenset(post.unit_code for post in posts),
    )


def windows(actor: StaffActor) -> list[str]:
    """The units whose windows the actor serves at: those of the clerk's posts."""
    return sorted({post.unit_code for post in actor.posts if post.role is Role.CLERK})


def received(actor: StaffActor, case: Snapshot) -> bool:
    """Whether the actor's window filed this case, read whole, for somebody and it is still open."""
    return case.status not in FINAL and case.received_unit_code in windows(actor)


def sees(actor: StaffActor, case: Snapshot) -> bool:
    """Whether the actor sees this case at all: whole, or how far it is at the window it came in."""
    return of(actor).covers(case) or received(actor, case)


def acting(actor: StaffActor, case: Snapshot) -> Actor:
    """The actor as the access log names them, the post that this case is seen by before others.

    Its applicant is told of that one, not of another unit where the actor works too.
    """
    near = {case.holder_code, case.department_unit_code, case.received_unit_code}
    by_this = [post for post in reading(actor) if sees(replace(actor, posts=(post,)), case)]
    by_this.sort(key=lambda post: post.unit_code not in near)
    others = [post for post in actor.posts if post not in by_this]
    return replace(actor, posts=(*by_this, *others)).acting


def reading(actor: StaffActor) -> list[PostView]:
    """The actor's posts of today that let cases be read."""
    return [post for post in actor.posts if post.role in READERS]


def _outermost(paths: Iterable[str]) -> list[str]:
    """Leave out paths below others, so that the conditions stay few."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(outer + "/") for outer in kept):
            kept.append(path)
    return kept
