"""`yikou run`: everything on one machine, once its servers have begun to start, until Ctrl-C."""

import asyncio
import contextlib
import http.client
import runpy
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import structlog
from rich.console import Console

from backend.files import mounted
from config import clock, database, logging, migration, redis, remarks
from config.embedded.forks import apart
from config.embedded.processes import Program
from config.errors import StartError
from config.settings import Settings, settings
from miniprogram_api.process import loads, preflight, web, worker
from miniprogram_api.process.beginning import Begun
from miniprogram_api.process.supervision import Child, Supervisor

Load = Callable[[], Awaitable[list[str]]]
READY_SECONDS = 60.0
log = structlog.get_logger(__name__)
console = Console(highlight=False, soft_wrap=True)


def run(begun: Begun, load: Load) -> None:
    """Start the rest and keep all of it running; raises StartError in one sentence.

    `load` is awaited, in a process of its own, where data files have changed since the last load.
    """
    given = begun.given
    if not given.development:
        logging.configure("run")
    supervisor = Supervisor(_say, begun.roster)
    try:
        _start(begun, supervisor, load)
        _tell(given, begun.var_dir, seconds=time.monotonic() - begun.since)
        supervisor.watch()
    except KeyboardInterrupt:
        _say("正在停止，再按 Ctrl-C 强制停止。 Stopping; Ctrl-C again to force it.")
    finally:
        supervisor.stop()
    kept = _short(begun.var_dir)
    _say(f"已停止，数据保存在 {kept}。 Stopped; everything is kept in {kept}.")


def _start(begun: Begun, supervisor: Supervisor, load: Load) -> None:
    given, var_dir = begun.given, begun.var_dir
    for each in begun.starting:
        supervisor.adopt(Child(each.program, each.process, each.server.prepare))
    apart(Program(name="the check", run=preflight.check))
    if given.uses_sandbox:
        supervisor.start(Program(name="WeChat sandbox", run=partial(_play, var_dir)))
    for each in begun.starting:
        each.wait()
        _say(f"{each.server.name} 已启动 / runs in {_short(var_dir)}.")
    # In a copy, as the check was: what it leaves in memory must not be the web processes' too.
    apart(Program(name="loading the data", run=lambda: asyncio.run(_prepare_data(load))))
    supervisor.start(Program(name="worker", run=worker.main, pulse=True))
    if given.backup_dir:
        supervisor.start(_python("backup", "backend.backups"))
    if given.uses_sandbox:
        _say("正在生成演示数据 / Demo data …")
        apart(Program(name="making the demo data", run=_seed))
    # Last: who sees it answer may rely on all the rest.
    for program in web.programs(given):
        supervisor.start(program)
    _wait_until_ready(given, supervisor)


async def _prepare_data(load: Load) -> None:
    await redis.check()
    await migration.migrate(
        database.owner_url(),
        application=database.url(),
        applied=lambda name: _say(f"已执行迁移 / Migration {name} applied."),
    )
    await mounted.check(database.url())
    mounted.mark()
    await _load_changed(load)


async def _load_changed(load: Load) -> None:
    if await loads.unchanged(database.url(), now=clock.now()):
        _say("数据文件没有变化，无须载入。 The data files have not changed: nothing to load.")
        return
    _say("正在载入单位、事项和网点 / Loading organisation, catalogue and offices …")
    _say((await load())[-1])


def _play(var_dir: Path) -> None:
    # Most of what it needs is imported already. The sandbox is no part of what is deployed.
    sys.argv = ["sandbox", "--state", str(var_dir / "sandbox.json")]
    sys.exit(import_module("sandbox.__main__").main())


def _seed() -> None:
    # As `python -m` would.
    runpy.run_module("sandbox.seed", run_name="__main__")


def _python(name: str, module: str, *arguments: str) -> Program:
    return Program(name=name, argv=(sys.executable, "-m", module, *arguments))


def _wait_until_ready(given: Settings, supervisor: Supervisor) -> None:
    deadline, state = time.monotonic() + READY_SECONDS, "no answer"
    while time.monotonic() < deadline:
        if name := supervisor.ended():
            raise StartError(
                f"{name} 启动时退出，原因见上。"
                f" The {name} stopped while starting; the lines above say why."
            )
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, state = _readiness(given)
            if status == http.HTTPStatus.OK:
                return
        time.sleep(0.05)
    raise StartError(
        f"网页服务在 {READY_SECONDS:.0f} 秒内未就绪。"
        f" The web server was not ready in {READY_SECONDS:.0f} seconds: {state}."
    )


def _readiness(given: Settings) -> tuple[int, str]:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(given.host, given.host)  # noqa: S104 - read, not bound
    connection = http.client.HTTPConnection(host, given.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read(1000).decode(errors="replace")
    finally:
        connection.close()


def _tell(given: Settings, var_dir: Path, *, seconds: float) -> None:
    if not given.development:
        for remark in remarks.remarks(given):
            _say(f"提示 note: {remark}")
        _say(f"已就绪，用时 / Ready after {seconds:.1f} s at {given.base_url}.")
        return
    wechat = (
        f"[bold yellow]由沙箱扮演，消息不会离开本机 / played by the sandbox at {_sandbox(given)}:"
        " no message leaves this machine[/]"
        if given.uses_sandbox
        else f"{given.wechat_api_url}, {given.wechat_appid}"
    )
    play = "在另一终端执行 / in another terminal: make demo; " if given.uses_sandbox else ""
    console.print(
        f"\n[bold green]一口办已就绪 / Yikou is ready[/]，用时 / after {seconds:.1f} s"
        f"\n  接口 API       [bold]{given.base_url}/docs[/]"
        f"\n  状态 Health    {given.base_url}/readyz  {given.base_url}/metrics"
        f"\n  微信 WeChat    {wechat}"
        f"\n  身份 Identity  {_identity(given)}"
        f"\n  数据 Data      {_short(var_dir)} (日志在 log / logs are in log)"
        f"\n  下一步 Next    {play}在此按 Ctrl-C 停止全部 / Ctrl-C here stops everything\n"
    )


def _sandbox(given: Settings) -> str:
    return f"http://127.0.0.1:{given.sandbox_port}"


def _identity(given: Settings) -> str:
    if not given.sandbox_confirms:
        nobody = "未设置，无法核验实名 / no service: no real name can be confirmed"
        return given.identity_url or nobody
    return (
        f"[bold yellow]由沙箱扮演，不查真实身份 / played by the sandbox at {given.identity_url}:"
        " nobody is really checked[/]"
    )


def _say(line: str) -> None:
    """To the terminal; in production a line of the log, in the form of all processes' lines."""
    if not settings().development:
        log.info("supervision", told=line)
        return
    with contextlib.suppress(OSError):  # such as a full disk under our output
        console.print(line, style="dim", markup=False)


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
