"""What is kept on disk, and how much of it."""

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
