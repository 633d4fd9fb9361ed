"""A city with data files of its own, a Redis of one's own, and a clock for what waits."""

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from config import breaker, outages, redis
from config.embedded import valkey
from config.embedded.processes import force
from config.embedded.roster import Roster
from config.embedded.servers import start
from config.settings import settings
from tests.config.clock import Clock
from tests.config.reading import OWN_KEY, OWN_PUSH_KEY, OWN_SECRET


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


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """A full production environment, of which a test spoils one value."""
    templates = tmp_path / "templates.yaml"
    templates.write_text("- name: case_progress\n  id: 8sYdv3mXHc0q\n")
    return {
        "ENV": "production",
        "SECRET_KEYS": OWN_SECRET,
        "DATA_KEYS": OWN_KEY,
        "PUBLIC_URL": "https://yikou.example.gov.cn",
        "WECHAT_APPID": "wx1234567890abcdef",
        "WECHAT_SECRET": "8f1c04a9be7d3562f0e1d9c8b7a65443",
        "WECHAT_PUSH_TOKEN": "pR7kQ2mX9vT4wZ8c",
        "WECHAT_PUSH_AES_KEY": OWN_PUSH_KEY,
        "WECHAT_TEMPLATES_FILE": str(templates),
        "IDENTITY_URL": "https://identity.example.gov.cn",
        "IDENTITY_TOKEN": "Zk4vQ9rT2nXw7LmB",
    }


@pytest.fixture
async def own(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A Redis that nobody else uses, and a client that is quick to lose patience with it."""
    with tempfile.TemporaryDirectory() as folder:
        server = valkey.Valkey(Path(folder))
        child = start(server, Roster(Path(folder)))
        monkeypatch.setenv("YIKOU_REDIS_URL", valkey.url(Path(folder)))
        monkeypatch.setenv("YIKOU_RATE_LIMITS", "on")
        monkeypatch.setattr(redis, "SECONDS", 1.0)
        await redis.redis().aclose()
        settings.cache_clear()
        redis.redis.cache_clear()
        yield child
        await redis.redis().aclose()
        # Asked to end, one that cannot save its file would refuse.
        force(child, server.program())
    monkeypatch.undo()
    settings.cache_clear()
    redis.redis.cache_clear()
