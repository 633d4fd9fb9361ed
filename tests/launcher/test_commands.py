"""What a command says when it cannot do its work: a sentence, and nothing of Python's."""

import subprocess
from pathlib import Path

import pytest

from config import database
from tests.cities import of_one_street, small, spoil
from tests.launcher.launch import environment, run_yikou
from tests.stage import Kind, database_url, scratch_database

FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file "base/5/1259": No space left on device'
        USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON staff EXECUTE FUNCTION full_disk();
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON org_unit EXECUTE FUNCTION full_disk();
"""
UNIT = "210102001001"
BAD_SETTINGS = {"workers": "0"}


def sentences(ended: subprocess.CompletedProcess[str]) -> list[str]:
    assert ended.returncode == 1, ended.stdout
    return ended.stderr.splitlines()


@pytest.mark.parametrize(
    "command",
    [
        ["staff", "list"],
        ["staff", "invite", "李四", f"{UNIT}:clerk"],
        ["staff", "end", "李四"],
        ["office", "list"],
    ],
)
def test_bad_settings_are_all_that_is_told(tmp_path: Path, command: list[str]) -> None:
    [line] = sentences(run_yikou(command, environment(tmp_path, **BAD_SETTINGS)))

    assert line.startswith("yikou: YIKOU_WORKERS ")


async def test_a_database_without_room_is_one_sentence(tmp_path: Path) -> None:
    async with scratch_database("full", like=Kind.CITY) as url:
        owner = await database.single(url)
        await owner.execute(FULL)
        await owner.close()
        city = small(tmp_path / "city", "organisation/communities.csv")
        spoil(city / "organisation" / "communities.csv", "浑河湾第一社区", "文安路社区")
        environ = environment(tmp_path / "var", database_url=url, data_dir=str(city))
        for command in (["staff", "invite", "李四", f"{UNIT}:clerk"], ["load"]):
            [line] = sentences(run_yikou(command, environ))
            assert line.startswith("yikou: 数据库磁盘已满")


PRODUCTION = {
    "env": "production",
    "secret_keys": "k1:something-secret-enough-for-everybody",
    "data_keys": "1:aes:0STcJqz8lpm09CHDuwlSbty487i6VY4QNiCU/Oomk4g=",
    "public_url": "https://yikou.example.gov.cn",
    "wechat_appid": "wx1234567890abcdef",
    "wechat_secret": "8f1c04a9be7d3562f0e1d9c8b7a65443",
    "wechat_push_token": "pR7kQ2mX9vT4wZ8c",
    "wechat_push_aes_key": "q8Vf3LxZ0tRm5Nw1YbKc7Hj2Pd9Gs4AeUi6To0Xy1BM",
}
OWNS = "the application owns its tables"


async def test_only_the_role_that_owns_the_tables_is_warned_of(tmp_path: Path) -> None:
    templates = tmp_path / "templates.yaml"
    templates.write_text("- name: case_progress\n  id: 8sYdv3mXHc0q\n")
    given = PRODUCTION | {"wechat_templates_file": str(templates)}
    async with scratch_database("owned", like=Kind.EMPTY) as url:
        own = database_url(url.rpartition("/")[2].partition("?")[0])

        as_owner = run_yikou(["migrate"], environment(tmp_path / "v", **given, database_url=url))
        apart = run_yikou(["migrate"], environment(tmp_path / "v", **given, database_url=own))

    assert (as_owner.returncode, OWNS in as_owner.stderr) == (0, True), as_owner.stderr
    assert (apart.returncode, apart.stderr) == (0, ""), apart.stderr


async def test_the_application_alone_loads_where_the_tables_are_up_to_date(tmp_path: Path) -> None:
    city = of_one_street(tmp_path / "city")
    async with scratch_database("load", like=Kind.EMPTY) as url:
        own = database_url(url.rpartition("/")[2].partition("?")[0])
        environ = environment(tmp_path / "var", data_dir=str(city), database_url=own)

        loaded = run_yikou(["load"], environ)
        owner = await database.single(url)
        await owner.execute("DELETE FROM tortoise_migrations")
        await owner.close()
        [line] = sentences(run_yikou(["migrate"], environ))

    assert (loaded.returncode, loaded.stderr) == (0, ""), loaded.stderr
    assert "is missing, and this role may not change tables: set YIKOU_DATABASE_OWNER_URL" in line
