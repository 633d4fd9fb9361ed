"""A real worker that its test kills; its process soon gives up doubt about another's sending."""

from config import database
from notifications.sending.lane import Pace
from notifications.sending.worker import Worker

# A lease outlasts any stall of the machine: who kills the worker ends what it leaves.
PACE = Pace(at_once=4, lease=60.0, doubt=3.0, poll=0.1)


async def main() -> None:
    """Send until killed."""
    await database.connect()
    await Worker(PACE).run()
