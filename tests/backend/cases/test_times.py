"""Times are answered alike, whether they were read as text or as times."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from backend.cases.record import times
from config.clock import CITY_TIME

SINCE = some.timedeltas(timedelta(0), timedelta(days=366_000))


@given(since=SINCE, fine=some.sampled_from([1, 10, 1_000, 100_000, 1_000_000]))
def test_a_time_of_postgresqls_json_is_told_as_one_that_was_read(
    since: timedelta, fine: int
) -> None:
    moment = datetime(1992, 1, 1, tzinfo=CITY_TIME) + since
    moment = moment.replace(microsecond=moment.microsecond // fine * fine)
    whole, offset = moment.isoformat()[:-6], moment.isoformat()[-6:]
    as_json = (whole.rstrip("0") if "." in whole else whole) + offset

    assert times.told(as_json) == times.city_text(moment)
