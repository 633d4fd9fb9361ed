"""What may be shown of a name, a number or an address: WeChat's risk guide, else delisted."""

from itertools import takewhile

from backend.identity.names import JOINTS

# How many characters stay at the beginning and at the end.
_ENDS = {"name": (1, 1), "phone": (3, 2), "id_number": (1, 1), "bank_account": (0, 4)}
_ADDRESS_SHOWN = 6


def mask(kind: str, text: str) -> str:
    """The text of a kind as an item's `x-mask` names it, with stars for what is hidden.

    Of a short value no more than half is shown: of what is shorter than a number should be,
    nothing. A name is `*三` of two letters, whatever joins them, `王*四` of more; an address ends
    before its first figure, and its length is not told. Of a kind that is not known nothing is
    shown.
    """
    if kind == "address":
        return _place(text) + "****"
    letters: str | list[str] = text
    if not text.isalpha():
        letters = [letter for letter in text if letter not in JOINTS and letter.strip()]
    if kind == "name" and len(letters) == len("张三"):
        return "*" + letters[1]
    left, right = _ENDS.get(kind, (0, 0))
    hidden = len(text) - left - right
    if hidden < (1 if kind == "name" else left + right):
        return "*" * len(text)
    return text[:left] + "*" * hidden + text[len(text) - right :]


def _place(address: str) -> str:
    shown = address[: min(_ADDRESS_SHOWN, len(address) // 2)]
    return "".join(takewhile(lambda character: not character.isdigit(), shown))
