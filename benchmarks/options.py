"""What the command takes."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.paths import PATHS
from benchmarks.rounds import Pace

DRAIN = "drain"
_USUAL = Pace(5, 2.0)
_QUICK = Pace(1, 1.0)


@dataclass(frozen=True)
class Options:
    """Which paths, how long, and whether docs/benchmarks.md is to be written."""

    only: tuple[str, ...]
    pace: Pace
    write: bool

    def wants(self, key: str) -> bool:
        """Whether this path is to be measured."""
        return not self.only or key in self.only


def read(arguments: Sequence[str]) -> Options:
    """Read the command line; ends the process where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Yikou beside the limit of PostgreSQL and the usual peer.",
    )
    parser.add_argument("--quick", action="store_true", help="one short round: a check, no figures")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=[*(path.key for path in PATHS), DRAIN],
        help="measure this path; may be repeated",
    )
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    parser.add_argument("--rounds", type=int, help=f"rounds of each path (usually {_USUAL.rounds})")
    given = parser.parse_args(arguments)
    pace = _QUICK if given.quick else _USUAL
    return Options(tuple(given.only), Pace(given.rounds or pace.rounds, pace.seconds), given.write)
