"""What an appointment is called by people, and what its holder shows at the desk."""

import asyncio
import secrets
from collections import deque
from datetime import date

from config.database import connection

BLOCK = 50
CODE_LENGTH = 8
# Without I, L, O, 0 and 1, which are misread from a phone held across a desk.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class Serials:
    """Serial numbers 1 to 999999 from a sequence, fetched in blocks; gaps mean nothing."""

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence
        self._left: deque[int] = deque()
        self._refill = asyncio.Lock()

    async def take(self) -> int:
        """The next serial, unlike any other process's."""
        while not self._left:
            async with self._refill:
                if not self._left:
                    await self._fetch()
        return self._left.popleft()

    async def _fetch(self) -> None:
        rows = await connection().execute_query_dict(
            "SELECT nextval($1::text::regclass) AS serial FROM generate_series(1, $2::int)",
            [self._sequence, BLOCK],
        )
        self._left.extend(row["serial"] for row in rows)


_serials = Serials("appointment_number_seq")


async def appointment_number(unit_code: str, made_on: date) -> str:
    """YY (预约), the office's district or city (6 digits), the day of booking, and a serial."""
    return f"YY{unit_code[:6]}{made_on:%Y%m%d}{await _serials.take():06d}"


def check_in_code() -> str:
    """A random code that only the appointment's owner sees."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
