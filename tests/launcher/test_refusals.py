"""What stops `yikou` is told in one sentence, with an exit status and without a traceback."""

import socket
from pathlib import Path

import pytest

from config.embedded.servers import check_disk
from config.errors import StartError
from tests.launcher.launch import environment, yikou
from tests.stage import free_port


def refusal(command: str, environ: dict[str, str]) -> str:
    ended = yikou(command, environ)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


@pytest.mark.parametrize("port", ["YIKOU_PORT", "YIKOU_SANDBOX_PORT"])
def test_a_taken_port_is_named_with_its_setting(tmp_path: Path, port: str) -> None:
    environ = environment(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environ[port])))
        other.listen()
        said = refusal("run", environ)
    assert environ[port] in said
    assert port in said


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"port": "eighty"}, "YIKOU_PORT"),
        ({"env": "production"}, "YIKOU_SECRET_KEYS"),
        ({"env": "test"}, "YIKOU_ENV"),
        ({"database_url": "mysql://root@localhost/x"}, "YIKOU_DATABASE_URL"),
        ({"redis_url": "localhost"}, "YIKOU_REDIS_URL"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], word: str) -> None:
    given = {"database_url": "postgres://yikou@127.0.0.1:1/yikou"} | settings
    assert word in refusal("run", environment(tmp_path, **given))


@pytest.mark.parametrize("command", ["run", "migrate", "web"])
def test_an_unreachable_database_is_named_without_its_password(
    tmp_path: Path, command: str
) -> None:
    port = free_port()
    url = f"postgres://yikou:hush@127.0.0.1:{port}/city"
    said = refusal(command, environment(tmp_path, database_url=url))
    assert f"city at 127.0.0.1:{port}" in said
    assert "hush" not in said


def test_a_var_dir_that_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "YIKOU_VAR_DIR" in refusal("run", environment(file))
    assert "YIKOU_VAR_DIR" in refusal("migrate", environment(file / "below"))


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="MB are needed"):
        check_disk(tmp_path, needed=10**18)
