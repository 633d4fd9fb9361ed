"""All of it is killed at once; the last of these tests, for the others need it."""

import signal

from tests.launcher.launch import Launched, launched


def test_killed_itself_it_leaves_nobody_starts_again_and_ends_in_order(city: Launched) -> None:
    city.send(signal.SIGKILL)

    with launched(city.environ, forked=True) as second:
        second.until(second.ready)
        assert second.send(signal.SIGINT) == 0
        assert "\nTraceback" not in second.said()
        assert second.alive() == []
        assert city.alive() == []
