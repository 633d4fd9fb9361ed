"""What may be shown of a name and a number: WeChat's risk guide, enforced by delisting."""


def mask_name(name: str) -> str:
    """`*三` of two characters, `王*四` of more."""
    return "*" + name[1:] if len(name) == len("张三") else _ends(name, left=1, right=1)


def mask_phone(phone: str) -> str:
    """The first three and the last two: `156******77`."""
    return _ends(phone, left=3, right=2)


def mask_id_number(number: str) -> str:
    """The first and the last character only."""
    return _ends(number, left=1, right=1)


def _ends(text: str, *, left: int, right: int) -> str:
    hidden = len(text) - left - right
    if hidden <= 0:
        return "*" * len(text)
    return text[:left] + "*" * hidden + text[-right:]
