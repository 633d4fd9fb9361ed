"""A folder or a name in the city's folder that means nothing is told with the right one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config import own_files
from tests.cities import put


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda city: (city / "data").mkdir(), "/data: 没有这样的数据文件"),
        (lambda city: put(city, "communities.csv"), "did you mean organisation/communities.csv?"),
        (lambda city: put(city, "organisation/comunities.csv"), "organisation/communities.csv?"),
        (lambda city: put(city, "ofices.yaml"), "did you mean offices.yaml?"),
        (lambda city: put(city, "calender/2026.yaml"), "did you mean calendar?"),
        (lambda city: put(city, "calendar/26.yaml"), "did you mean calendar/2026.yaml?"),
        (lambda city: put(city, "calendar/2027.yml"), "did you mean calendar/2027.yaml?"),
        (lambda city: put(city, "catalogue/items/MZ.yml"), "did you mean catalogue/items/MZ.yaml?"),
        (lambda city: put(city, "catalogue/syllables.txt"), "is not the city's to change"),
    ],
)
def test_a_name_that_means_nothing_is_told_with_the_right_one(
    city: Path, make: Callable[[Path], object], told: str
) -> None:
    make(city)

    [row] = own_files.check()

    assert told in str(row)


def test_a_folder_without_data_is_told_with_its_setting(city: Path) -> None:
    [row] = own_files.check()

    assert str(row).startswith(f"{city}: YIKOU_DATA_DIR 中没有一口办的数据文件")
