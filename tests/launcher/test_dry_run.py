"""`yikou load --dry-run`: what a load would change, told as the load tells it and not written."""

from pathlib import Path

from config import database
from tests.cities import of_one_street, spoil
from tests.launcher.launch import environment, run_yikou
from tests.stage import Kind, scratch_database


async def test_a_dry_run_tells_what_a_load_would_change_and_writes_nothing(tmp_path: Path) -> None:
    city = of_one_street(tmp_path / "city")
    async with scratch_database("dry", like=Kind.EMPTY) as owner:
        environ = environment(tmp_path / "var", data_dir=str(city), database_url=owner)
        assert run_yikou(["load"], environ).returncode == 0
        before = await figures(owner)
        spoil(city / "organisation" / "communities.csv", "浑河湾第一社区", "文安路社区")
        spoil(city / "offices.yaml", '"08:30"', '"09:00"')

        tried = run_yikou(["load", "--dry-run"], environ)

        assert (
            "unit 210102001001: name '浑河湾第一社区' 改为 / becomes '文安路社区'" in tried.stdout
        )
        assert "'浑河湾第一社区便民服务站' 改为 / becomes '文安路社区便民服务站'" in tried.stdout
        assert "Nothing was written." in tried.stdout
        assert await figures(owner) == before

        loaded = run_yikou(["load"], environ)

        assert loaded.returncode == 0
        assert tried.stdout.splitlines()[:-1] == loaded.stdout.splitlines()[:-1]
        assert (
            tried.stdout.splitlines()[-1]
            .removeprefix("试运行，未写入。 Would be: ")
            .removesuffix(" Nothing was written.")
            == loaded.stdout.splitlines()[-1]
        )
        assert await figures(owner) != before
        await removed_community(city, environ, owner)


async def removed_community(city: Path, environ: dict[str, str], owner: str) -> None:
    """A community is taken out of the file: refused while staff depend on it, then ended."""
    path = city / "organisation" / "communities.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("210102001002,")]
    path.write_text("".join(kept), encoding="utf-8")
    single = await database.single(owner)
    try:
        await single.execute(
            "INSERT INTO staff (id, created_at, name_sealed, active) VALUES"
            " (uuidv7(), now(), '', true)"
        )
        await single.execute(
            "INSERT INTO post (id, created_at, staff_id, unit_id, role)"
            " SELECT uuidv7(), now(), id, '210102001002', 'clerk' FROM staff"
        )
        before = await figures(owner)

        for asked in (["load"], ["load", "--dry-run"]):
            refused = run_yikou(asked, environ)
            assert refused.returncode == 1
            assert "210102001002 浑河湾第二社区 已不在数据文件中" in refused.stderr
            assert "yikou staff end --post" in refused.stderr
        assert await figures(owner) == before

        await single.execute("DELETE FROM post")
        for asked in (["load", "--dry-run"], ["load"]):
            told = run_yikou(asked, environ).stdout
            assert "unit 210102001002 浑河湾第二社区: 已停用 / ended" in told
            assert "浑河湾第二社区便民服务站: 已停办 / ended" in told
        assert "ended" not in run_yikou(["load"], environ).stdout
    finally:
        await single.close()


async def figures(url: str) -> tuple[object, ...]:
    """What a load writes, counted and hashed."""
    single = await database.single(url)
    try:
        row = await single.fetchrow(
            "SELECT (SELECT md5(string_agg(u::text, '' ORDER BY code)) FROM org_unit u),"
            " (SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM office o),"
            " (SELECT md5(string_agg(h::text, '' ORDER BY id)) FROM opening_hours h),"
            " (SELECT count(*) FROM slot), (SELECT count(*) FROM item_version)"
        )
        return tuple(row)
    finally:
        await single.close()
