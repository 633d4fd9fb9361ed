"""A command that only looks makes no data: a folder without any is more likely a typo."""

from pathlib import Path

import pytest

from tests.launcher.launch import environment, run_yikou


@pytest.mark.parametrize(
    "command",
    [
        ["audit"],
        ["verify"],
        ["backup", "copies"],
        ["load"],
        ["load", "--dry-run"],
        ["staff", "list"],
        ["staff", "invite", "李四", "210102001001:clerk"],
        ["office", "list"],
    ],
)
def test_where_there_is_no_data_a_command_says_so_and_leaves_nothing(
    tmp_path: Path, command: list[str]
) -> None:
    for var_dir in (tmp_path / "vra", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)

        ended = run_yikou(command, environment(var_dir))

        assert ended.returncode == 1
        assert ended.stderr.startswith(f"yikou: {var_dir} 中没有一口办的数据"), ended.stderr
        assert len(ended.stderr.splitlines()) == 1
        assert not (tmp_path / "vra").exists()
        assert list((tmp_path / "empty").iterdir()) == []
