"""What stops `yikou` is told in one sentence, with an exit status and without a traceback."""

import socket
from pathlib import Path

import pytest

from config import database
from config.embedded.servers import check_disk
from config.errors import StartError
from tests.cities import small, spoil
from tests.launcher.launch import environment, yikou
from tests.stage import Kind, free_port, scratch_database

A_FILE = """
INSERT INTO stored_file (id, created_at, resident_id, key, name_sealed, name_hash, media_type, size,
                         sha256)
VALUES (uuidv7(), now(), uuidv7(), 'aa/bb/key', '', '', 'image/jpeg', 1, repeat('0', 64))
"""


def refusal(command: str, environ: dict[str, str]) -> str:
    ended = yikou(command, environ)
    assert ended.returncode == 1
    assert all(line.startswith("yikou: ") for line in ended.stderr.splitlines()), ended.stderr
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
        ({"env": "production"}, "YIKOU_SECRET_KEYS"),
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


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"data_keys": "1:aes:short"}, "YIKOU_DATA_KEYS"),
        ({"files_url": "gopher://files"}, "YIKOU_FILES_URL"),
        ({"wechat_templates_file": __file__}, f"{__file__}:1: "),
    ],
)
def test_what_the_web_server_needs_is_checked_before_it_serves(
    tmp_path: Path, settings: dict[str, str], word: str
) -> None:
    given = {"database_url": "postgres://yikou@127.0.0.1:1/yikou"} | settings
    assert word in refusal("web", environment(tmp_path, **given))


def test_a_var_dir_that_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "YIKOU_VAR_DIR" in refusal("run", environment(file))
    assert "YIKOU_VAR_DIR" in refusal("migrate", environment(file / "below"))


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="MB are needed"):
        check_disk(tmp_path, needed=10**18)


async def test_a_bad_row_of_the_catalogue_leaves_the_organisation_out_too(tmp_path: Path) -> None:
    city = small(tmp_path / "city")
    spoil(city / "catalogue" / "items" / "YZ.yaml", "promised: {days: 10,", "promised: {days: 999,")
    async with scratch_database("spoilt", like=Kind.EMPTY) as url:
        environ = environment(tmp_path / "var", database_url=url, data_dir=str(city))

        said = refusal("load", environ)

        single = await database.single(url)
        units = await single.fetchval("SELECT count(*) FROM org_unit")
        await single.close()
    assert "Nothing was loaded:" in said
    assert "FW-YZ-001" in said
    assert units == 0


async def test_a_taken_port_for_the_workers_metrics_is_named(tmp_path: Path) -> None:
    port = str(free_port())
    async with scratch_database("worker", like=Kind.EMPTY) as url:
        environ = environment(tmp_path, database_url=url, worker_metrics_port=port)
        with socket.socket() as other:
            other.bind(("127.0.0.1", int(port)))
            other.listen()
            said = refusal("worker", environ)
    assert port in said
    assert "YIKOU_WORKER_METRICS_PORT" in said


async def test_an_empty_folder_is_refused_where_the_database_names_files(tmp_path: Path) -> None:
    async with scratch_database("unmounted", like=Kind.EMPTY) as url:
        connection = await database.single(url)
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(A_FILE)
        await connection.close()
        environ = environment(tmp_path, database_url=url)
        assert "mount the disk they are on" in refusal("web", environ)
