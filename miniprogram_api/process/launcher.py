"""`yikou run`: everything on one machine, from nothing to ready, until Ctrl-C."""

import asyncio
import contextlib
import http.client
import runpy
import signal
import sys
import time
from pathlib import Path

import structlog
from rich.console import Console

from backend.files import mounted
from config import database, logging, migration, redis, remarks
from config.embedded import servers
from config.embedded.forks import apart
from config.embedded.lock import owned, var_dir_ready
from config.embedded.processes import Program
from config.embedded.roster import Roster
from config.errors import StartError
from config.settings import Settings, settings
from miniprogram_api.process import administration, preflight, web, worker
from miniprogram_api.process.supervision import Child, Supervisor

READY_SECONDS = 60.0
SAME_INTERRUPT = 1.0
log = structlog.get_logger(__name__)
console = Console(highlight=False, soft_wrap=True)


def run() -> None:
    """Start what the deployment needs and keep it running; raises StartError in one sentence."""
    given, begun = settings(), time.monotonic()
    if not given.development:
        logging.configure("run")
    var_dir = var_dir_ready(given.var_dir)
    with owned(var_dir):
        _interruptible()
        roster = Roster(var_dir)
        roster.end_leftovers()
        _check(given, var_dir)
        supervisor = Supervisor(_say, roster)
        try:
            _start(given, var_dir, supervisor, roster)
            _tell(given, var_dir, seconds=time.monotonic() - begun)
            supervisor.watch()
        except KeyboardInterrupt:
            _say("正在停止，再按 Ctrl-C 强制停止。 Stopping; Ctrl-C again to force it.")
        finally:
            supervisor.stop()
    kept = _short(var_dir)
    _say(f"已停止，数据保存在 {kept}。 Stopped; everything is kept in {kept}.")


def _check(given: Settings, var_dir: Path) -> None:
    preflight.check_free(given.host, given.port, variable="YIKOU_PORT")
    if given.uses_sandbox:
        preflight.check_free("127.0.0.1", given.sandbox_port, variable="YIKOU_SANDBOX_PORT")
    servers.check_disk(var_dir)
    apart(Program(name="the check", run=preflight.check))


def _start(given: Settings, var_dir: Path, supervisor: Supervisor, roster: Roster) -> None:
    if given.uses_sandbox:
        supervisor.start(
            _python("WeChat sandbox", "sandbox", "--state", str(var_dir / "sandbox.json"))
        )
    for server in servers.needed(given):
        process = servers.start(server, roster)
        supervisor.adopt(Child(server.program(), process, server.prepare))
        _say(f"{server.name} 已启动 / runs in {_short(var_dir)}.")
    # In a copy, as the check was: what it leaves in memory must not be the web processes' too.
    apart(Program(name="loading the data", run=lambda: asyncio.run(_prepare_data())))
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


async def _prepare_data() -> None:
    await redis.check()
    await migration.migrate(
        database.owner_url(),
        application=database.url(),
        applied=lambda name: _say(f"已执行迁移 / Migration {name} applied."),
    )
    await mounted.check(database.url())
    mounted.mark()
    _say("正在载入单位、事项和网点 / Loading organisation, catalogue and offices …")
    _say((await administration.load_unless_loaded())[-1])


def _seed() -> None:
    # As `python -m` would: the sandbox is no part of what is deployed.
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
    sandbox = f"http://127.0.0.1:{given.sandbox_port}"
    wechat = (
        f"[bold yellow]played by the sandbox at {sandbox}: no message leaves this machine[/]"
        if given.uses_sandbox
        else f"{given.wechat_api_url}, app {given.wechat_appid}"
    )
    console.print(f"\n[bold green]Yikou 一口办 is ready[/] after {seconds:.1f} s")
    console.print(f"  API       [bold]{given.base_url}/docs[/]")
    console.print(f"  Health    {given.base_url}/readyz  {given.base_url}/metrics")
    console.print(f"  WeChat    {wechat}")
    console.print(f"  Identity  {_identity(given)}")
    console.print(f"  Data      {_short(var_dir)} (logs of the servers in log/)")
    play = "make demo, in another terminal; " if given.uses_sandbox else ""
    console.print(f"  Next      {play}Ctrl-C here stops everything\n")


def _identity(given: Settings) -> str:
    if not given.sandbox_confirms:
        return given.identity_url or "no service: no real name can be confirmed"
    return (
        f"[bold yellow]played by the sandbox at {given.identity_url}: nobody is really checked[/]"
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


def _interruptible() -> None:
    """Treat a service manager's SIGTERM and a closed terminal like Ctrl-C."""
    last = -SAME_INTERRUPT

    def interrupt(_sign: int, _frame: object) -> None:
        nonlocal last
        # make passes on what the terminal has already sent to all.
        if time.monotonic() - last > SAME_INTERRUPT:
            last = time.monotonic()
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupt)
