"""How the tests are shared out among the processes of a run."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/contract/", "tests/journeys/")
# These kill parts of a running system of their own.
OUTAGES = "tests/journeys/outages/"


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """Tests of the running system go to one process, where it is started once; others anywhere.

    xdist's own groups do nothing under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(TOGETHER):
            return nodeid
        return "outages" if nodeid.startswith(OUTAGES) else "live"
