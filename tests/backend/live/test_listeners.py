"""Who of those that listen hears which event, and how it is written into a stream."""

from uuid import uuid4

import orjson
import pytest

from backend.live import listeners
from backend.live.events import Event, Kind
from backend.live.listeners import Listener, Listeners
from models import Role
from tests.backend.live.streams import Kept, a_listener, a_message, a_task, somebody

HERE, THERE = "210102001001", "210103005001"
CLERK, REVIEWER, ADMIN = Role.CLERK, Role.REVIEWER, Role.ADMIN


def joined(
    everybody: Listeners, *posts: tuple[str, Role], slow: bool = False
) -> tuple[Listener, Kept]:
    by = somebody(*posts)
    listener, stream = a_listener(by, slow=slow)
    everybody.join(listener, by)
    return listener, stream


def heard(stream: Kept) -> list[str]:
    """The ids of the things that a stream has told of, in order."""
    fields = [row for text in stream.sent for row in text.decode().splitlines()]
    data = [orjson.loads(row[len("data: ") :]) for row in fields if row.startswith("data: ")]
    return [each.get("task_id") or each.get("message_id") for each in data]


def test_a_task_is_heard_by_who_reads_the_cases_of_its_unit_and_by_nobody_else() -> None:
    everybody = Listeners()
    _, mine = joined(everybody, (HERE, CLERK))
    _, both = joined(everybody, (HERE, REVIEWER), (THERE, CLERK))
    _, other = joined(everybody, (THERE, CLERK))
    _, admin = joined(everybody, (HERE, ADMIN))
    _, none = joined(everybody)

    assert list(everybody.dispatch([a_task(1, HERE), a_task(2, THERE)], settled=2)) == []

    assert heard(mine) == ["task-1"]
    assert heard(both) == ["task-1", "task-2"]
    assert heard(other) == ["task-2"]
    assert admin.sent == none.sent == []


def test_a_message_to_a_role_is_heard_by_that_role_of_that_unit_but_not_by_who_caused_it() -> None:
    everybody = Listeners()
    clerk, stream = joined(everybody, (HERE, CLERK))
    _, colleague = joined(everybody, (HERE, CLERK))
    _, reviewer = joined(everybody, (HERE, REVIEWER), (THERE, CLERK))
    _, admin = joined(everybody, (HERE, ADMIN))
    me = clerk.claims.subject

    found = [
        a_message(1, unit=HERE, role=CLERK),
        a_message(2, unit=HERE, role=CLERK, by=me),
        a_message(3, unit=HERE, role=REVIEWER),
        a_message(4, unit=HERE, role=ADMIN),
    ]
    assert list(everybody.dispatch(found, settled=4)) == []

    assert heard(stream) == ["message-1"]
    assert heard(colleague) == ["message-1", "message-2"]
    assert heard(reviewer) == ["message-3"]
    assert heard(admin) == ["message-4"]


def test_a_message_to_one_person_is_heard_on_each_of_their_streams_and_on_no_other() -> None:
    everybody, me = Listeners(), somebody((HERE, CLERK))
    (first, stream), (second, again) = a_listener(me), a_listener(me)
    everybody.join(first, me)
    everybody.join(second, me)
    _, colleague = joined(everybody, (HERE, CLERK))

    found = [a_message(1, to=me.id), a_message(2, to=me.id, by=me.id), a_message(3, to=uuid4())]
    assert list(everybody.dispatch(found, settled=3)) == []

    # What is for them alone they hear even of an act of their own.
    assert heard(stream) == heard(again) == ["message-1", "message-2"]
    assert colleague.sent == []
    assert everybody.of(me) == 2


def test_who_moved_to_another_unit_hears_of_that_and_no_more_of_the_first() -> None:
    everybody, before = Listeners(), somebody((HERE, CLERK))
    listener, stream = a_listener(before)
    everybody.join(listener, before)
    _, colleague = joined(everybody, (HERE, CLERK))

    everybody.move(listener, somebody((THERE, REVIEWER), staff_id=before.id))
    found = [
        a_task(1, HERE),
        a_task(2, THERE),
        a_message(3, unit=HERE, role=CLERK),
        a_message(4, unit=THERE, role=REVIEWER),
        a_message(5, to=before.id),
    ]
    list(everybody.dispatch(found, settled=5))

    assert heard(stream) == ["task-2", "message-4", "message-5"]
    assert heard(colleague) == ["task-1", "message-3"]

    for each in list(everybody.all):
        everybody.leave(each)
    assert everybody == Listeners()


def test_who_left_hears_nothing_and_takes_no_place_any_more() -> None:
    everybody, me = Listeners(), somebody((HERE, CLERK))
    (first, gone), (second, stream) = a_listener(me), a_listener(me)
    for listener in (first, second):
        everybody.join(listener, me)

    everybody.leave(first)
    list(everybody.dispatch([a_task(1, HERE), a_message(2, to=me.id)], settled=2))

    assert everybody.of(me) == 1
    assert everybody.all == {second}
    assert gone.sent == []
    assert heard(stream) == ["task-1", "message-2"]

    everybody.leave(second)
    everybody.leave(second)
    assert everybody.of(me) == 0
    assert everybody == Listeners()


def test_those_who_take_nothing_any_more_are_named_and_the_others_are_told() -> None:
    everybody = Listeners()
    slow, _ = joined(everybody, (HERE, CLERK), slow=True)
    _, stream = joined(everybody, (HERE, CLERK))
    joined(everybody, (THERE, CLERK), slow=True)

    assert list(everybody.dispatch([a_task(1, HERE)], settled=1)) == [slow]
    assert heard(stream) == ["task-1"]


def test_what_comes_before_they_got_what_they_missed_is_held_back() -> None:
    everybody = Listeners()
    listener, stream = joined(everybody, (HERE, CLERK), slow=True)
    listener.held = []

    assert list(everybody.dispatch([a_task(1, HERE)], settled=1)) == []
    assert stream.sent == []
    assert listener.held == [listeners.written(a_task(1, HERE), settled=1) + listeners.position(1)]


def test_what_comes_together_is_sent_at_once_with_the_position_after_it() -> None:
    everybody = Listeners()
    _, stream = joined(everybody, (HERE, CLERK))

    list(everybody.dispatch([a_task(5, HERE), a_task(7, HERE)], settled=6))

    assert stream.sent == [
        b"".join(
            (
                b'id: 5\nevent: task\ndata: {"case_id":"case-5","task_id":"task-5"}\n\n',
                # Something before it is not read yet: who comes again from here has missed it.
                b'id: 6\nevent: task\ndata: {"case_id":"case-7","task_id":"task-7"}\n\n',
                b"id: 6\n\n",
            )
        )
    ]


@pytest.mark.parametrize(
    ("event", "settled", "expected"),
    [
        (
            Event(3, Kind.TASK, HERE, None, None, None, "c", "t", None),
            9,
            b'id: 3\nevent: task\ndata: {"case_id":"c","task_id":"t"}\n\n',
        ),
        (
            Event(9, Kind.MESSAGE, HERE, "clerk", "s", "b", None, None, "m"),
            9,
            b'id: 9\nevent: message\ndata: {"message_id":"m"}\n\n',
        ),
        (
            Event(10, Kind.MESSAGE, None, None, "s", None, "c", None, "m"),
            9,
            b'id: 9\nevent: message\ndata: {"case_id":"c","message_id":"m"}\n\n',
        ),
        (
            Event(1, Kind.TASK, HERE, None, None, None, None, None, None),
            0,
            b"id: 0\nevent: task\ndata: {}\n\n",
        ),
    ],
)
def test_an_event_names_things_and_nothing_of_a_person(
    event: Event, settled: int, expected: bytes
) -> None:
    assert listeners.written(event, settled=settled) == expected


def test_a_stream_begins_with_its_position_and_when_to_come_again() -> None:
    pauses = set()
    for _ in range(40):
        retry, rest = listeners.opening(12).split(b"\n", 1)
        pauses.add(int(retry.removeprefix(b"retry: ")))
        assert rest == b"id: 12\n\n"
    least, most = listeners.RECONNECT_MS
    assert min(pauses) >= least
    assert max(pauses) <= most
    assert len(pauses) > 1  # not all come again at once


def test_who_missed_too_much_is_told_to_look_at_everything() -> None:
    assert listeners.look_again(12) == b"event: look_again\ndata: {}\nid: 12\n\n"


def test_what_is_due_again_is_not_due_for_all_at_once() -> None:
    found = {listeners.jitter(10.0) for _ in range(40)}
    assert len(found) > 1
    assert all(8.0 <= each <= 12.0 for each in found)
    assert listeners.jitter(0.0) == 0.0
