"""How the tests are shared out among the processes of a run."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/contract/", "tests/journeys/")
APART = "test_crash.py"


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """Tests of the running system go to one process, where it is started once; others anywhere.

    xdist's own groups do nothing under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        together = nodeid.startswith(TOGETHER) and APART not in nodeid
        return "live" if together else nodeid
