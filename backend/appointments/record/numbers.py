"""What an appointment is called by people, and what its holder shows at the desk."""

import secrets
from datetime import date

from backend.numbers import Serials, digits

CODE_LENGTH = 8
# Without I, L, O, 0 and 1, which are misread from a phone held across a desk.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
serials = Serials("appointment_number_seq")


async def appointment_number(unit_code: str, made_on: date) -> str:
    """YY (预约), the office's district or city (6 digits), the day of booking, and a serial."""
    return f"YY{unit_code[:6]}{digits(made_on)}{await serials.take()}"


def check_in_code() -> str:
    """A random code that only the appointment's owner sees."""
    drawn, signs = secrets.randbelow(len(ALPHABET) ** CODE_LENGTH), []
    for _ in range(CODE_LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)
