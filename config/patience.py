"""How long we wait for PostgreSQL, by who waits; all times in seconds."""

from dataclasses import dataclass
from typing import Any

from config.clock import CITY_TIME

# The server answers sooner, as long as it answers at all.
GRACE_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Patience:
    """The longest wait for a new connection, a statement, a lock, and for us in a transaction."""

    connect: float
    statement: float
    lock: float
    idle: float

    def bounds(self) -> dict[str, Any]:
        """What a connection is opened with: the server's own bounds, and ours if it is silent."""
        return {
            "timeout": self.connect,
            "command_timeout": self.statement + GRACE_SECONDS,
            "server_settings": {
                "statement_timeout": _milliseconds(self.statement),
                "lock_timeout": _milliseconds(self.lock),
                "idle_in_transaction_session_timeout": _milliseconds(self.idle),
                # Nobody waits for a statement whose connection we have given up.
                "client_connection_check_interval": _milliseconds(1),
                # A machine of ours that is gone says nothing.
                "tcp_user_timeout": _milliseconds(10),
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "3",
                # Times in JSON that it makes are answered as they are.
                "TimeZone": CITY_TIME.key,
            },
        }


PERSON = Patience(connect=3, statement=4, lock=3, idle=5)
"""A request over HTTP, which has five seconds in all."""
WORK = Patience(connect=10, statement=30, lock=10, idle=60)
"""The worker's deliveries and jobs, and commands that load or change what is served."""
UPKEEP = Patience(connect=10, statement=3600, lock=600, idle=3600)
"""The audit, backups, waiting for another process that migrates."""
MIGRATION = Patience(connect=10, statement=3600, lock=1, idle=3600)
"""Changing tables: whoever comes after the wait for a table's lock waits as well, so it is less
than a person's, and tried again after a pause."""


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
