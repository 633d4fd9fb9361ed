"""What numbers that people read out are made of: a serial of a sequence, and a check digit."""

import asyncio
from collections import deque
from datetime import date

from config.database import connection

BLOCK = 50
_NEXT = "SELECT nextval($1::text::regclass) AS serial FROM generate_series(1, $2::int)"


class Serials:
    """The numbers 1 to 999999 of a sequence, over and over, fetched in blocks.

    Gaps mean nothing: what is left of a block ends with its process.
    """

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence
        self._left: deque[int] = deque()
        self._refill = asyncio.Lock()

    async def take(self) -> str:
        """The next one, six digits long, unlike any that another process takes."""
        while not self._left:
            async with self._refill:
                if not self._left:
                    await self._fetch()
        return f"{self._left.popleft():06d}"

    async def _fetch(self) -> None:
        rows = await connection().execute_query_dict(_NEXT, [self._sequence, BLOCK])
        self._left.extend(row["serial"] for row in rows)


def digits(day: date) -> str:
    """The day as YYYYMMDD."""
    return day.isoformat().replace("-", "")


def check_digit(number: str) -> str:
    """The check digit of ISO/IEC 7064 MOD 11,10: finds every wrong digit and most swaps."""
    return check_letter(number, "0123456789")


def check_letter(text: str, letters: str) -> str:
    """The same for words of other letters, an even number of them: MOD n+1,n of the standard."""
    many = len(letters)
    carry = many
    for letter in text:
        carry = (carry + letters.index(letter)) % many or many
        carry = carry * 2 % (many + 1)
    return letters[(many + 1 - carry) % many]
