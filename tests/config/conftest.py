"""A city with data files of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import settings


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
