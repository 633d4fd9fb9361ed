"""What is kept on disk, and how much of it."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import SettingsError
from sandbox import templates
from sandbox.journal import LINES_MAX
from sandbox.state import State
from sandbox.users import Message
from tests.sandbox.calls import PROGRESS


async def test_the_file_stays_bounded(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = State(file=file)
    user = state.users.ensure("zhang")
    state.keep(user)

    for _ in range(LINES_MAX + 1000):
        message = Message(PROGRESS, {"thing1": {"value": "一"}}, "", 0.0, state.next_msgid())
        state.receive(user, message)

    assert file.read_text("utf-8").count("\n") < LINES_MAX
    restarted = State(file=file)
    restarted.journal.close()
    state.journal.close()
    kept = restarted.users.find("zhang")
    assert kept is not None
    assert kept.messages == user.messages
    assert kept.record() == user.record()


@contextmanager
def no_longer_files_than(file: Path) -> Iterator[None]:
    """No room in any file as long as this one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_without_room_is_told_once_and_what_was_missed_is_kept_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "sandbox")
    file = tmp_path / "state.json"
    state = State(file=file)
    for number in range(4000):  # so that no other file of the process is as long
        state.keep(state.users.ensure(f"u{number}"))

    with no_longer_files_than(file):
        for number in range(3):
            state.keep(state.users.ensure(f"missed-{number}"))
    state.keep(state.users.ensure("last"))
    restarted = State(file=file)
    for each in (restarted, state):
        each.journal.close()

    kept = {user.name for user in restarted.users}
    assert {"u0", "missed-0", "missed-1", "missed-2", "last"} <= kept
    assert [line.rpartition(":")[0] or line for line in caplog.messages] == [
        "The sandbox cannot keep its state",
        "The sandbox keeps its state again.",
    ]


async def test_records_of_another_form_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('[]\n{"user":{"name":"x"}}\n{"user":1}\n{}\n{"of":"x"}\n\n{"us', "utf-8")

    state = State(file=file)
    state.journal.close()

    assert len(state.users) == 0


@pytest.mark.parametrize("text", ["a: [", "- id: x", "5", "- {id: x, name: x, keys: {thing: x}}"])
def test_a_file_that_holds_no_templates_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "templates.yaml"
    file.write_text(text)

    with pytest.raises(SettingsError, match="is not a list of templates") as raised:
        templates.load(str(file))

    assert "\n" not in str(raised.value)
