"""`yikou worker`: sends messages and runs the periodic jobs, until SIGTERM or Ctrl-C."""

import asyncio
import signal

import structlog

from config import database, heartbeat, logging, metrics, migration
from config.errors import StartError, told
from config.settings import settings
from miniprogram_api.process.jobs import JOBS
from notifications.channels.wechat.templates import templates
from notifications.jobs.periods import periods
from notifications.jobs.running import run_periodically
from notifications.sending import delivery, presence
from notifications.sending.worker import Worker

log = structlog.get_logger(__name__)


def main() -> None:
    """Send and run the periodic jobs; ends with one sentence when it cannot start."""
    with told():
        logging.configure("worker")
        try:
            asyncio.run(_work())
        except (StartError, OSError):
            raise
        except Exception:
            # One of its tasks broke: whoever watches the process starts another.
            log.exception("worker_failed")
            raise SystemExit(1) from None


async def _work() -> None:
    await migration.check(database.url())
    await database.connect()
    if port := settings().worker_metrics_port:
        metrics.serve(settings().host, port)
    worker = Worker()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, worker.stop)
    log.info("worker_started", templates=len(templates()), jobs=sorted(periods()))
    try:
        # Should one of them break, the process ends, and its supervisor starts another.
        async with asyncio.TaskGroup() as group:
            tasks = (run_periodically(JOBS), presence.look(), heartbeat.beat())
            beside = [group.create_task(each) for each in tasks]
            await worker.run()
            for each in beside:
                each.cancel()
    finally:
        await delivery.close()
        await database.disconnect()
    log.info("worker_stopped")


if __name__ == "__main__":
    main()
