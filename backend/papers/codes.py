"""The code that a paper is checked with: fifteen random letters, and one that tells a slip."""

import secrets

from backend.numbers import check_letter
from config import vault

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 of them, 5 bits each: without I, O, 0 and 1, which are mistaken for one another."""
RANDOM = 15
_GROUP = 4


def new() -> str:
    """A new code: 75 random bits and the check letter."""
    code = "".join(secrets.choice(LETTERS) for _ in range(RANDOM))
    return code + check_letter(code, LETTERS)


def canonical(typed: str) -> str:
    """The code as it is stored, however somebody typed it: small letters, blanks, hyphens."""
    return "".join(each for each in typed.upper() if each.isalnum())


def mistyped(code: str) -> bool:
    """Whether no paper can have this canonical code: a letter is wrong, missing or too many."""
    if len(code) != RANDOM + 1 or not set(code) <= set(LETTERS):
        return True
    return check_letter(code[:-1], LETTERS) != code[-1]


def grouped(code: str) -> str:
    """As it is printed: K7QM-9X2H-T4RW-8BEL."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def hashed(code: str) -> str:
    """By which the paper of a code is found."""
    return vault.blind("paper_code", code)
