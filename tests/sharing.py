"""How the tests are shared out among the processes of a run."""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = (
    "tests/contract/",
    "tests/journeys/",
    "tests/miniprogram_api/test_appointments.py",
    "tests/miniprogram_api/test_catalogue.py",
    "tests/miniprogram_api/test_days.py",
    "tests/miniprogram_api/test_drafts.py",
    "tests/miniprogram_api/test_messages.py",
    "tests/miniprogram_api/test_places.py",
    "tests/miniprogram_api/test_push.py",
    "tests/staff_api/test_tasks.py",
    "tests/staff_api/test_wecom.py",
)
# These kill parts of a running system of their own.
OUTAGES = "tests/journeys/outages/"
# Of these one fixture, or what is read once, serves the whole file, or several, and two processes
# would make it twice.
SERVED_AT_ONCE = {
    "tests/backend/backups/test_recovery.py": "recovery",
    "tests/backend/consistency/test_audit.py": "audit",
    "tests/backend/files/test_checking.py": "s3",
    "tests/backend/files/test_store.py": "s3",
    **{
        f"tests/{file}.py": "items"
        for file in (
            "backend/cases/test_prefills",
            "backend/cases/test_promises",
            "backend/catalogue/test_conditions",
            "backend/catalogue/test_contents",
            "backend/catalogue/test_fields",
            "backend/catalogue/test_forms",
            "backend/catalogue/test_layouts",
            "backend/catalogue/test_materials",
            "backend/catalogue/test_numbers",
            "backend/catalogue/test_prefilling",
            "backend/catalogue/test_procedures",
            "backend/catalogue/test_questions",
            "backend/catalogue/test_search",
            "backend/catalogue/test_steps",
            "miniprogram_api/test_coverage",
        )
    },
    "tests/backend/papers/test_drawing.py": "papers",
    "tests/backend/papers/test_issuing.py": "papers",
    "tests/backend/papers/test_words.py": "papers",
    "tests/miniprogram_api/test_papers.py": "papers",
    "tests/config/test_events.py": "source",
    "tests/config/test_languages.py": "source",
}
# The fixtures that open a database: another one each time costs a pool of connections.
OPENING = ("city", "database")


def in_order(items: list[pytest.Item]) -> None:
    """Those that share a system first, then those of one kind of database after the other.

    Each process goes over to another database once, not at the edge of every other file. Raises
    UsageError for a test for which another process would start a system of its own.
    """
    items.sort(key=_place)
    if alone := [item.nodeid for item in items if _place(item) and "live" in _fixtures(item)]:
        raise pytest.UsageError(f"TOGETHER must name these, for they use `live`: {alone}")


def _place(item: pytest.Item) -> int:
    if item.nodeid.startswith(TOGETHER):
        return 0
    found = [number for number, name in enumerate(OPENING, 1) if name in _fixtures(item)]
    return min(found, default=len(OPENING) + 1)


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """Tests that share what is started go to the one process that starts it; others anywhere.

    xdist's own groups do nothing under pytest 9.2.
    """

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget what is done: at each test xdist counts all that its process was ever given."""
        super().mark_test_complete(node, item_index, duration)
        given = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(given[scope].values()):
            del given[scope]

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(TOGETHER):
            return SERVED_AT_ONCE.get(nodeid.partition("::")[0], nodeid)
        return "outages" if nodeid.startswith(OUTAGES) else "live"
