import pytest

from backend.appointments.reading.hours import Span, text


def week(*days: int, opens: str = "09:00", closes: str = "17:00") -> list[Span]:
    return [(day, opens, closes) for day in days]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([], ""),
        (week(1, 2, 3, 4, 5), "周一至周五 09:00–17:00"),
        (week(6, 7), "周六、周日 09:00–17:00"),
        (week(3), "周三 09:00–17:00"),
        (week(1, 2, 4), "周一、周二 09:00–17:00；周四 09:00–17:00"),
        (
            week(1, 2, 3) + week(4, opens="10:00") + week(5),
            "周一至周三 09:00–17:00；周四 10:00–17:00；周五 09:00–17:00",
        ),
        (
            week(2, opens="13:00") + week(2, closes="11:30"),
            "周二 09:00–11:30，13:00–17:00",
        ),
    ],
)
def test_equal_neighbouring_days_are_joined(spans: list[Span], words: str) -> None:
    assert text(spans) == words
