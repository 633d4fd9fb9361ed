"""The lifecycle of an appointment as people agreed on it, written by hand and apart from the code.

A line each: status, action, who may, and what follows; a second table says of each status whether
it takes a seat of its slot, and whether the visit is still to come. What is in no line may not be.
"""

TABLE = """
booked  cancel      holder  cancelled
booked  reschedule  holder  booked
booked  close       office  cancelled
"""
STATUSES = """
booked      seat  ahead
checked_in  seat  ahead
called      seat  ahead
served      seat  over
cancelled   -     over
no_show     seat  over
"""
MOVES = {
    (at, does): (who, after)
    for at, does, who, after in (line.split() for line in TABLE.strip().splitlines())
}
_STATUSES = [line.split() for line in STATUSES.strip().splitlines()]
SEATED = {status for status, seat, _ in _STATUSES if seat == "seat"}
AHEAD = {status for status, _, when in _STATUSES if when == "ahead"}
