"""The deployment's settings: one field per environment variable `YIKOU_<FIELD>`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from config.errors import StartError

PREFIX = "YIKOU_"
DEV_SECRET_KEYS = "dev1:yikou-development-token-key-not-for-production"  # noqa: S105 - public
DEV_DATA_KEYS = "1:aes:eWlrb3UtZGV2ZWxvcG1lbnQtZGF0YS1rZXktMzJieXQ="
SANDBOX_APPID = "wx0000000000sandbox"
SANDBOX_SECRET = "sandbox-secret-0000000000000000"  # noqa: S105 - the sandbox's public password
SANDBOX_PUSH_TOKEN = "sandboxtoken"  # noqa: S105 - the sandbox's public password
SANDBOX_PUSH_AES_KEY = "A" * 43
WECHAT_API = "https://api.weixin.qq.com"


class SettingsError(StartError):
    """A setting is missing or unusable."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Defaults suit development: embedded servers, the WeChat sandbox, public development keys."""

    env: str = "development"
    database_url: str = ""
    redis_url: str = ""
    files_url: str = ""
    var_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    sandbox_port: int = 8100
    worker_metrics_port: int = 0
    public_url: str = ""
    secret_keys: str = DEV_SECRET_KEYS
    data_keys: str = DEV_DATA_KEYS
    wechat_api_url: str = ""
    wechat_appid: str = ""
    wechat_secret: str = ""
    wechat_push_token: str = ""
    wechat_push_aes_key: str = ""
    wechat_push_mode: str = "safe"
    wechat_miniprogram_state: str = "formal"
    wechat_templates_file: str = ""
    rate_limits: bool = True
    real_ip_header: str = ""
    proxies_count: int = 0
    database_pool: int = 10
    log_level: str = "info"

    @property
    def development(self) -> bool:
        """Whether public development keys and the sandbox are allowed."""
        return self.env == "development"

    @property
    def uses_sandbox(self) -> bool:
        """Whether WeChat is played by the sandbox beside us."""
        return not self.wechat_appid or self.wechat_appid == SANDBOX_APPID

    @property
    def base_url(self) -> str:
        """Where clients reach this server, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read(environ: Mapping[str, str]) -> Settings:
    """Read `YIKOU_*` and fill in the sandbox where WeChat is not set; raises SettingsError."""
    values: dict[str, object] = {}
    for field in fields(Settings):
        raw = environ.get(PREFIX + field.name.upper(), "").strip()
        if raw:
            values[field.name] = _typed(field.name, str(field.type), raw)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was typed by its field
    _check(settings)
    return _with_sandbox(settings) if settings.uses_sandbox else settings


@cache
def settings() -> Settings:
    """The process's settings, read at first use."""
    return read(os.environ)


def _typed(name: str, kind: str, raw: str) -> object:
    variable = PREFIX + name.upper()
    if kind in {"<class 'int'>", "int"}:
        if not raw.isdecimal():
            raise SettingsError(f"{variable} must be a whole number, not {raw!r}.")
        return int(raw)
    if kind in {"<class 'bool'>", "bool"}:
        if raw not in {"on", "off"}:
            raise SettingsError(f"{variable} must be 'on' or 'off', not {raw!r}.")
        return raw == "on"
    return Path(raw) if name == "var_dir" else raw


def _check(settings: Settings) -> None:
    if settings.env not in {"development", "production"}:
        raise SettingsError("YIKOU_ENV must be 'development' or 'production'.")
    if settings.wechat_push_mode not in {"plain", "compatible", "safe"}:
        raise SettingsError("YIKOU_WECHAT_PUSH_MODE must be 'plain', 'compatible' or 'safe'.")
    if settings.development:
        return
    for name, default in (("secret_keys", DEV_SECRET_KEYS), ("data_keys", DEV_DATA_KEYS)):
        if getattr(settings, name) == default:
            raise SettingsError(f"{PREFIX}{name.upper()} must be set outside development.")
    for name in ("wechat_appid", "wechat_secret", "wechat_push_token"):
        if not getattr(settings, name) or "sandbox" in getattr(settings, name):
            raise SettingsError(f"{PREFIX}{name.upper()} must be set outside development.")
    if not settings.wechat_templates_file:
        raise SettingsError(f"{PREFIX}WECHAT_TEMPLATES_FILE must be set outside development.")


def _with_sandbox(settings: Settings) -> Settings:
    given = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    return Settings(
        **given
        | {
            "wechat_appid": SANDBOX_APPID,
            "wechat_secret": settings.wechat_secret or SANDBOX_SECRET,
            "wechat_api_url": settings.wechat_api_url
            or f"http://127.0.0.1:{settings.sandbox_port}",
            "wechat_push_token": settings.wechat_push_token or SANDBOX_PUSH_TOKEN,
            "wechat_push_aes_key": settings.wechat_push_aes_key or SANDBOX_PUSH_AES_KEY,
        }
    )
