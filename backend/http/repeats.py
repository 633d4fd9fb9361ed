"""Names that stand twice in one object of a body: which of the two is meant, nobody can know.

Our reader takes the last; a gateway in front of us may take the first, and let it pass.
"""

from json import JSONDecoder


class _TwiceError(Exception):
    """An object has this name twice."""


def _look(pairs: list[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise _TwiceError(next(name for name in names if names.count(name) > 1))


# Of numbers nothing is asked, and Python refuses to read very long ones.
_READER = JSONDecoder(object_pairs_hook=_look, parse_int=len, parse_float=len)


def repeated(raw: bytes) -> str | None:
    """The first such name; `raw` is JSON."""
    try:
        _READER.decode(raw.decode())
    except _TwiceError as twice:
        return str(twice)
    return None
