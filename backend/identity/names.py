"""Names of persons as on an ID card: Chinese characters, or Latin letters for foreign residents."""

import re
import unicodedata

JOINTS = "·. -'"
# What phones type for the middle dot and the apostrophe.
_SPELLINGS = str.maketrans(dict.fromkeys("•‧・．⸱･", "·") | dict.fromkeys("’ʼ＇", "'"))
_SCRIPTS = ({"CJK"}, {"LATIN"})  # of ID cards, and of the residence cards of foreigners
# Only "J. Smith" and "Smith Jr." have a joint before another, or at their end.
_LOOSE = re.compile(r"[·. '-](?<!\.)[·. '-]|\.[·.'-]|[· '-]$")
_ZERO = "〇"  # a character of names, though no ideograph to Unicode
# All planes of ideographs: Unicode adds to them faster than Python's tables are renewed.
_IDEOGRAPHS = range(0x20000, 0x3FFFE)
_SHORTEST = 2
_LONGEST = 40


def canonical(text: str) -> str:
    """The spelling that is stored, so that one person has one name however it is typed.

    Letters and accents joined (NFKC: full width becomes half), one kind of middle dot and of
    apostrophe, single spaces, none in a name of Chinese characters.
    """
    name = " ".join(unicodedata.normalize("NFKC", text.translate(_SPELLINGS)).split())
    return name if any(_script(letter) == "LATIN" for letter in name) else name.replace(" ", "")


def fault(name: str) -> str | None:
    """What is wrong with a canonical name, in Chinese for its bearer; None if it is sound."""
    letters = [character for character in name if character not in JOINTS]
    if not all(_is_letter(character) for character in letters):
        return "姓名只能包含汉字、字母和间隔号“·”"
    if len(letters) < _SHORTEST or len(name) > _LONGEST:
        return "姓名应为2到40个字"
    if name[0] in JOINTS or _LOOSE.search(name):
        return "姓名不能以符号开头或结尾，符号也不能连用"
    if {_script(character) for character in letters} not in _SCRIPTS:
        return "姓名请只用汉字，或只用拉丁字母填写"
    return None


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in {"Lo", "Lu", "Ll"} or _is_han(character)


def _is_han(character: str) -> bool:
    return character == _ZERO or ord(character) in _IDEOGRAPHS


def _script(letter: str) -> str | None:
    """The letter's script as Unicode names it; None for any that no card is written in."""
    if _is_han(letter):
        return "CJK"
    words = unicodedata.name(letter, "").split()
    return next((script for script in ("CJK", "LATIN") if script in words), None)
