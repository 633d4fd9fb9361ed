"""The deployment's settings: one field per environment variable `YIKOU_<FIELD>`.

A start that cannot be is refused with all its faults at once, one sentence each, in Chinese and
English.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config import folders, keys, nights, pairs, setting_faults, urls
from config.errors import StartError
from config.exposure import exposures
from config.published import (
    DEV_DATA_KEYS,
    DEV_SECRET_KEYS,
    SANDBOX_APPID,
    SANDBOX_IDENTITY_TOKEN,
    SANDBOX_PUSH_AES_KEY,
    SANDBOX_PUSH_TOKEN,
    SANDBOX_SECRET,
    SANDBOX_SMS_KEY_ID,
    SANDBOX_SMS_KEY_SECRET,
    SANDBOX_SMS_REPORT_TOKEN,
    SANDBOX_SMS_SIGN,
    SANDBOX_SMS_TEMPLATES,
    SANDBOX_WECOM_AGENT_ID,
    SANDBOX_WECOM_CORP_ID,
    SANDBOX_WECOM_SECRET,
)
from config.setting_faults import PREFIX, variable

T = TypeVar("T")
NO_APPID = "wx" + 16 * "0"
WECHAT_API = "https://api.weixin.qq.com"


class SettingsError(StartError):
    """A setting is missing or unusable; one sentence, or one line for each."""


def _usable(read: Callable[[Any], object]) -> AfterValidator:
    """Keep the value if `read` takes it; empty means that the setting is not set."""

    def check(value: T) -> T:
        if value:
            read(value)
        return value

    return AfterValidator(check)


def _on_off(value: object) -> object:
    if isinstance(value, str) and value not in {"on", "off"}:
        raise ValueError(f"须为 on 或 off / must be 'on' or 'off', not {value!r}")
    return value


def _shaped(pattern: str) -> Any:
    return Field(pattern=rf"^(?:{pattern})?$")


Port = Annotated[int, Field(ge=1, le=65535)]
Switch = Annotated[bool, BeforeValidator(_on_off)]
SmallScheme = AfterValidator(urls.small_scheme)
WebUrl = Annotated[str, _usable(urls.check_web), SmallScheme]


class Settings(BaseSettings):
    """Defaults suit development: embedded servers, the WeChat sandbox, public development keys."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    env: Literal["development", "production"] = "development"
    database_url: Annotated[str, _usable(urls.check_postgres), SmallScheme] = ""
    database_owner_url: Annotated[str, _usable(urls.check_postgres), SmallScheme] = ""
    redis_url: Annotated[str, _usable(urls.check_redis), SmallScheme] = ""
    files_url: Annotated[str, _usable(urls.check_store), SmallScheme] = ""
    var_dir: Annotated[Path, _usable(folders.check_writable)] = Path("var")
    backup_dir: Annotated[str, _usable(folders.check_apart)] = ""
    data_dir: Annotated[str, _usable(folders.check_present)] = ""
    host: Annotated[str, _usable(urls.check_host)] = "127.0.0.1"
    port: Port = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    drain_seconds: Annotated[int, Field(ge=0, le=300)] = 0
    sandbox_port: Port = 8100
    worker_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    public_url: WebUrl = ""
    secret_keys: Annotated[str, _usable(keys.read_secret_keys)] = DEV_SECRET_KEYS
    data_keys: Annotated[str, _usable(keys.read_data_keys)] = DEV_DATA_KEYS
    wechat_api_url: WebUrl = ""
    wechat_appid: Annotated[str, _shaped(rf"wx[0-9a-f]{{16}}|{SANDBOX_APPID}")] = ""
    wechat_secret: str = ""
    wechat_push_token: Annotated[str, _shaped(r"[0-9A-Za-z]{3,32}")] = ""
    wechat_push_aes_key: Annotated[str, _usable(keys.read_push_keys)] = ""
    wechat_push_mode: Literal["plain", "compatible", "safe"] = "safe"
    wechat_miniprogram_state: Literal["formal", "trial", "developer"] = "formal"
    wechat_templates_file: str = ""
    identity_url: WebUrl = ""
    identity_token: Annotated[str, _shaped(r"[\x21-\x7e]{1,512}")] = ""
    sandbox_identity: Literal["open", "strict"] = "open"
    sms: Literal["", "off", "log", "aliyun"] = ""
    sms_api_url: WebUrl = ""
    sms_key_id: Annotated[str, _shaped(r"[\x21-\x7e]{1,64}")] = ""
    sms_key_secret: Annotated[str, _shaped(r"[\x21-\x7e]{1,64}")] = ""
    sms_sign: Annotated[str, _shaped(r"[^\s【】]{2,12}")] = ""
    sms_template_act: Annotated[str, _shaped(r"SMS_[0-9]{1,16}")] = ""
    sms_template_result: Annotated[str, _shaped(r"SMS_[0-9]{1,16}")] = ""
    sms_report_token: Annotated[str, _shaped(r"[0-9A-Za-z_-]{1,64}")] = ""
    sms_per_person: Annotated[int, Field(ge=1, le=40)] = 5
    sms_per_day: Annotated[int, Field(ge=1, le=10_000_000)] = 5000
    wecom_api_url: WebUrl = ""
    wecom_corp_id: Annotated[str, _shaped(r"[0-9A-Za-z_-]{1,64}")] = ""
    wecom_agent_id: Annotated[str, _shaped(r"[0-9]{1,12}")] = ""
    wecom_secret: Annotated[str, _shaped(r"[\x21-\x7e]{1,128}")] = ""
    fallback_minutes: Annotated[int, Field(ge=1, le=720)] = 15
    second_factor: Literal["", "off", "optional", "required"] = ""
    quiet_hours: Annotated[str, _usable(nights.read)] = ""
    merge_seconds: Annotated[int, Field(ge=0, le=3600)] = 5
    rate_limits: Switch = True
    bookings_per_person: Annotated[int, Field(ge=1, le=100)] = 3
    real_ip_header: Annotated[str, _shaped(r"[0-9A-Za-z-]{1,64}")] = ""
    proxies_count: Annotated[int, Field(ge=0, le=16)] = 0
    database_pool: Annotated[int, Field(ge=1, le=500)] = 10
    requests_at_once: Annotated[int, Field(ge=0, le=10_000)] = 0
    connections: Annotated[int, Field(ge=1, le=60_000)] = 4000
    connections_per_address: Annotated[int, Field(ge=1, le=60_000)] = 400
    files_mb_per_resident: Annotated[int, Field(ge=10, le=100_000)] = 300
    files_mb_per_staff: Annotated[int, Field(ge=10, le=100_000)] = 2000
    files_unattached_days: Annotated[int, Field(ge=1, le=365)] = 7
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: dict[str, Any]) -> dict[str, Any]:
        stripped = {n: v.strip() if isinstance(v, str) else v for n, v in given.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @model_validator(mode="after")
    def _with_sandbox(self) -> Self:
        """Fill in the sandbox where WeChat is not set, and where no identity service or SMS is."""
        if self.development and self.uses_sandbox:
            sandbox = f"http://127.0.0.1:{self.sandbox_port}"
            filled = {
                "wechat_appid": SANDBOX_APPID,
                "wechat_secret": SANDBOX_SECRET,
                "wechat_api_url": sandbox,
                "wechat_push_token": SANDBOX_PUSH_TOKEN,
                "wechat_push_aes_key": SANDBOX_PUSH_AES_KEY,
            }
            if not self.identity_url and not self.identity_token:
                filled |= {"identity_url": sandbox, "identity_token": SANDBOX_IDENTITY_TOKEN}
            if not self.wecom_corp_id:
                filled |= {
                    "wecom_api_url": sandbox,
                    "wecom_corp_id": SANDBOX_WECOM_CORP_ID,
                    "wecom_agent_id": SANDBOX_WECOM_AGENT_ID,
                    "wecom_secret": SANDBOX_WECOM_SECRET,
                }
            if not self.sms:
                filled |= {
                    "sms": "aliyun",
                    "sms_api_url": sandbox,
                    "sms_key_id": SANDBOX_SMS_KEY_ID,
                    "sms_key_secret": SANDBOX_SMS_KEY_SECRET,
                    "sms_sign": SANDBOX_SMS_SIGN,
                    "sms_template_act": SANDBOX_SMS_TEMPLATES["act"],
                    "sms_template_result": SANDBOX_SMS_TEMPLATES["result"],
                    "sms_report_token": SANDBOX_SMS_REPORT_TOKEN,
                }
            for name, value in filled.items():
                # The object is frozen from here on.
                self.__dict__[name] = getattr(self, name) or value
        return self

    @property
    def development(self) -> bool:
        """Whether public development keys and the sandbox are allowed."""
        return self.env == "development"

    @property
    def second_factors(self) -> Literal["off", "optional", "required"]:
        """Whether staff who decide, supervise or administer must have a second factor."""
        if self.second_factor:
            return self.second_factor
        return "optional" if self.development and self.uses_sandbox else "required"

    @property
    def night(self) -> str:
        """The hours in which no phone rings; beside the sandbox none unless set: nobody sleeps."""
        if self.quiet_hours:
            return self.quiet_hours
        return nights.OFF if self.development and self.uses_sandbox else nights.USUAL

    @property
    def sms_by(self) -> Literal["off", "log", "aliyun"]:
        """Who sends short messages: nobody, nobody but the log says so, or Alibaba."""
        return self.sms or "off"

    @property
    def uses_sandbox(self) -> bool:
        """Whether WeChat is played by the sandbox beside us."""
        return not self.wechat_appid or self.wechat_appid == SANDBOX_APPID

    @property
    def sandbox_confirms(self) -> bool:
        """Whether the sandbox says who somebody is: it believes what it hears first."""
        return self.identity_token == SANDBOX_IDENTITY_TOKEN

    @property
    def base_url(self) -> str:
        """Where clients reach this server, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read() -> Settings:
    """Read the environment; raises SettingsError that names every fault, one line each."""
    given, faults = examine()
    if faults:
        raise SettingsError("\n".join(faults))
    return given


def examine() -> tuple[Settings, list[str]]:
    """The settings as far as they are sound, and every fault in a sentence.

    What is unusable stands at a stand-in, so that the rest is looked at as well.
    """
    faults = list(setting_faults.unknown(Settings.model_fields))
    wrong: set[str] = set()
    try:
        given = Settings()
    except ValidationError as error:
        faults += setting_faults.sentences(error, Settings.model_fields)
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_url=False)}
        given = Settings(**{name: _stand_in(name) for name in wrong})
    later = list(pairs.clashes(given))
    exposed = not given.development or not given.uses_sandbox
    if exposed:
        later += exposures(given)
    told = {variable(name) for name in wrong}
    faults += [fault for fault in later if told.isdisjoint(fault.split(" ")[0].split("、"))]
    if exposed and given.development and faults:
        faults.append(
            "YIKOU_WECHAT_APPID 为真实 AppID，按生产环境检查"
            " / is a real one, so what holds in production holds."
        )
    return given, faults


def _stand_in(name: str) -> Any:
    """What an unusable value is looked past as: what it was likely meant to be, or the default."""
    written = os.environ.get(variable(name), "").strip().lower()
    if name == "env" and written.startswith("prod"):
        return "production"
    if name == "wechat_appid":
        return NO_APPID
    return Settings.model_fields[name].default


def as_far_as_sound() -> Settings:
    """The settings with stand-ins for what is unusable: to look at data files all the same."""
    try:
        return settings()
    except SettingsError:
        return examine()[0]


@cache
def settings() -> Settings:
    """The process's settings, read at first use."""
    return read()
