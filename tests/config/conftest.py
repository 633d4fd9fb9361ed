"""A city with data files of its own, and a clock for what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import breaker, outages
from config.settings import settings
from tests.config.clock import Clock


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that YIKOU_DATA_DIR names."""
    folder = tmp_path / "city"
    folder.mkdir()
    monkeypatch.setenv("YIKOU_DATA_DIR", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What breakers and outages take for the time."""
    clock = Clock()
    for module in (breaker, outages):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock
