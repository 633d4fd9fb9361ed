"""Names of persons as on an ID card: Chinese characters, or Latin letters for foreign residents."""

import unicodedata

_JOINTS = "·. -'"
_DOTS = str.maketrans(dict.fromkeys("•‧・．", "·"))
_SCRIPTS = ({"CJK"}, {"LATIN"})  # of ID cards, and of the residence cards of foreigners
_SHORTEST = 2
_LONGEST = 40


def canonical(text: str) -> str:
    """The spelling that is stored: no spaces around, one kind of middle dot, single spaces."""
    return " ".join(text.translate(_DOTS).split())


def fault(name: str) -> str | None:
    """What is wrong with a canonical name, in Chinese for its bearer; None if it is sound."""
    letters = sum(unicodedata.category(character) in {"Lo", "Lu", "Ll"} for character in name)
    joints = sum(character in _JOINTS for character in name)
    if letters + joints != len(name):
        return "姓名只能包含汉字、字母和间隔号“·”"
    if letters < _SHORTEST or len(name) > _LONGEST:
        return "姓名应为2到40个字"
    if name[0] in _JOINTS:
        return "姓名不能以符号开头"
    if {_script(character) for character in name if character not in _JOINTS} not in _SCRIPTS:
        return "姓名请只用汉字，或只用拉丁字母填写"
    return None


def _script(letter: str) -> str | None:
    """The letter's script as Unicode names it; None for any that no card is written in."""
    words = unicodedata.name(letter, "").split()
    return next((script for script in ("CJK", "LATIN") if script in words), None)
