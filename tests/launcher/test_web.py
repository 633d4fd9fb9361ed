"""`yikou web` alone, seen from outside: what it starts is watched, and it leaves nothing behind."""

import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from config.embedded import postgres, valkey
from tests import stage
from tests.forked import YIKOU, Forked, Main
from tests.launcher.launch import environment
from tests.stage import Kind

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
PATIENCE = 60.0


class Web:
    """A `yikou web` in the background with its two processes."""

    def __init__(self, environ: dict[str, str], output: Path) -> None:
        self.url = f"http://127.0.0.1:{environ['YIKOU_PORT']}"
        self.output = output
        self.process = Forked(Main(YIKOU, "web"), environ, out=output, err=output)

    def serving(self) -> list[int]:
        """The processes that serve."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(child) for child in children]

    def answers(self, path: str = "/readyz") -> bool:
        """Whether it answers 200."""
        try:
            with urlopen(self.url + path, timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for it; fail when it takes too long, with all that was said."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)

    def ended_in_order(self) -> None:
        """Fail unless both said so, and nothing else."""
        said = self.output.read_text()
        assert said.count('"web_stopped"') == 2
        assert "Traceback" not in said

    def replaced(self, *pids: int) -> Callable[[], bool]:
        """Whether two other processes serve than these."""
        return lambda: len(self.serving()) == 2 and not set(self.serving()) & set(pids)


@pytest.fixture
async def web(tmp_path: Path, city: None, request: pytest.FixtureRequest) -> AsyncIterator[Web]:
    urls = {
        "database_url": postgres.url(stage.RUN_DIR, f"{Kind.CITY}_{stage.WORKER}"),
        "redis_url": valkey.url(stage.RUN_DIR, stage.number()),
    }
    given = urls | getattr(request, "param", {})
    running = Web(environment(tmp_path, workers="2", **given), tmp_path / "web.log")
    try:
        running.until(lambda: running.answers() and len(running.serving()) == 2)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


async def test_whoever_is_killed_or_hangs_is_replaced_and_nobody_outlives_the_parent(
    web: Web,
) -> None:
    first, second = web.serving()
    os.kill(first, signal.SIGKILL)
    web.until(lambda: first not in web.serving() and len(web.serving()) == 2)
    assert second in web.serving()

    everybody = web.serving()
    for pid in everybody:
        os.kill(pid, signal.SIGKILL)
    web.until(web.replaced(*everybody))
    web.until(web.answers)

    everybody = web.serving()
    for pid in everybody:
        os.kill(pid, signal.SIGSTOP)
    web.until(web.replaced(*everybody))
    web.until(web.answers)

    serving = web.serving()
    web.process.kill()
    web.process.wait()
    web.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in serving))


async def test_an_interrupt_ends_it_in_order(web: Web) -> None:
    web.process.send_signal(signal.SIGINT)

    assert web.process.wait(PATIENCE) == 0
    web.ended_in_order()
