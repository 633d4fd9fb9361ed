"""What a WeChat call is here: its path, who may call it, its quota, and the action behind it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.quota import Limits
from sandbox.state import State


@dataclass(frozen=True)
class Arrived:
    """A request as it came in; `chunked` if its body had no length."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    ip: str
    chunked: bool = False


@dataclass(frozen=True)
class Call:
    """A request that passed the checks; `body` is the JSON object of a POST, else empty."""

    query: Mapping[str, str]
    body: dict[str, Any]


Reply = dict[str, Any] | bytes
Action = Callable[[State, Call], Awaitable[Reply]]


@dataclass(frozen=True)
class Secret:
    """A call that shows the AppSecret: where it stands, and what else must be there."""

    name: str = "secret"
    code_name: str = ""
    grant_type: str = ""
    wrong_may_be_40001: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One call of WeChat's API; without `secret` it takes an access_token."""

    path: str
    method: Literal["GET", "POST"]
    action: Action
    secret: Secret | None = None
    limits: Limits = field(default_factory=Limits)
    content_type: str = "application/json"
