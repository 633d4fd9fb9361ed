import pytest

from backend.appointments.record.cache import Cache


class Source:
    """Something to load from, which counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def load(self, key: str) -> int:
        self.asked.append(key)
        if not key:
            raise LookupError(key)
        return len(key)


async def test_a_value_is_loaded_once_while_it_is_fresh() -> None:
    source = Source()
    memory = Cache(source.load)

    assert [await memory.get("abc") for _ in range(3)] == [3, 3, 3]

    assert source.asked == ["abc"]


async def test_an_old_value_is_loaded_again() -> None:
    source = Source()
    memory = Cache(source.load, seconds=0)

    assert [await memory.get("abc") for _ in range(2)] == [3, 3]

    assert source.asked == ["abc", "abc"]


async def test_the_least_used_value_makes_room() -> None:
    source = Source()
    memory = Cache(source.load, most=2)

    for key in ("a", "b", "a", "c", "a", "b"):
        await memory.get(key)

    assert source.asked == ["a", "b", "c", "b"]


async def test_what_is_not_there_is_asked_for_each_time() -> None:
    source = Source()
    memory = Cache(source.load)

    for _ in range(2):
        with pytest.raises(LookupError):
            await memory.get("")

    assert source.asked == ["", ""]
