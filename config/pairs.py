"""Settings that are each fine and do not fit together, one sentence for each pair."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit


class Given(Protocol):
    """The settings that are looked at."""

    port: int
    sandbox_port: int
    worker_metrics_port: int
    database_url: str
    database_owner_url: str
    var_dir: Path
    backup_dir: str
    identity_url: str
    identity_token: str
    sms_key_id: str
    sms_key_secret: str
    sms_sign: str
    sms_template_act: str
    sms_template_result: str
    wecom_corp_id: str
    wecom_agent_id: str
    wecom_secret: str

    @property
    def uses_sandbox(self) -> bool:
        """Whether WeChat is played by the sandbox."""

    @property
    def sms_by(self) -> str:
        """Who sends short messages."""


def clashes(given: Given) -> Iterator[str]:
    """One sentence for each, in both languages; it begins with the names of the settings."""
    yield from _ports(given)
    yield from _databases(given)
    yield from _backups(given)
    yield from _identity(given)
    yield from _sms(given)
    yield from _wecom(given)


def _ports(given: Given) -> Iterator[str]:
    ports = {"PORT": given.port}
    if given.uses_sandbox:
        ports["SANDBOX_PORT"] = given.sandbox_port
    if given.worker_metrics_port:
        ports["WORKER_METRICS_PORT"] = given.worker_metrics_port
    names = list(ports)
    for second, name in enumerate(names):
        for other in names[:second]:
            if ports[name] == ports[other]:
                yield f"YIKOU_{other}、YIKOU_{name} 端口重复 / are both {ports[name]}."


def _databases(given: Given) -> Iterator[str]:
    """The hosts may differ: the application may go through a pooler that the owner does not."""
    if not given.database_owner_url:
        return
    name = "YIKOU_DATABASE_OWNER_URL"
    if not given.database_url:
        yield f"{name} 须与 YIKOU_DATABASE_URL 一并设置 / needs YIKOU_DATABASE_URL beside it."
        return
    owner, application = urlsplit(given.database_owner_url), urlsplit(given.database_url)
    databases = [unquote(each.path.strip("/")) for each in (owner, application)]
    if databases[0] != databases[1]:
        yield (
            f"{name} 须与 YIKOU_DATABASE_URL 为同一数据库，不能一个是 {databases[0]}、另一个是"
            f" {databases[1]} / must name the same database as YIKOU_DATABASE_URL."
        )
    if owner.username == application.username:
        yield (
            f"{name} 须用表属主的账号，不能与 YIKOU_DATABASE_URL 的账号相同；没有另一账号时留空"
            " / must name the tables' owner, not the role of YIKOU_DATABASE_URL; leave it empty"
            " where there is no other role."
        )


def _backups(given: Given) -> Iterator[str]:
    """What one disk's or one folder's loss takes away together is no backup."""
    if given.backup_dir and Path(given.backup_dir).resolve().is_relative_to(
        given.var_dir.resolve()
    ):
        yield (
            "YIKOU_BACKUP_DIR 不能是 YIKOU_VAR_DIR 或在其中"
            " / must neither be YIKOU_VAR_DIR nor lie in it."
        )


def _identity(given: Given) -> Iterator[str]:
    """Neither the service nor its token is of any use alone."""
    if bool(given.identity_url) != bool(given.identity_token):
        yield (
            "YIKOU_IDENTITY_URL、YIKOU_IDENTITY_TOKEN 须一并设置或都留空"
            " / must be set both or neither."
        )


def _sms(given: Given) -> Iterator[str]:
    """Alibaba sends nothing without all of them."""
    if given.sms_by != "aliyun":
        return
    needed = ("key_id", "key_secret", "sign", "template_act", "template_result")
    for name in needed:
        if not getattr(given, f"sms_{name}"):
            yield (
                f"YIKOU_SMS_{name.upper()} 须与 YIKOU_SMS 一并设置"
                " / must be set where YIKOU_SMS is aliyun."
            )


def _wecom(given: Given) -> Iterator[str]:
    if len({bool(given.wecom_corp_id), bool(given.wecom_agent_id), bool(given.wecom_secret)}) > 1:
        yield (
            "YIKOU_WECOM_CORP_ID、YIKOU_WECOM_AGENT_ID、YIKOU_WECOM_SECRET 须一并设置或都留空"
            " / must be set all or none."
        )
