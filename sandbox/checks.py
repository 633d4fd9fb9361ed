"""The order in which WeChat refuses a call before looking at its arguments (wechat.md 13.2)."""

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from sandbox.endpoint import Arrived, Call, Endpoint, Secret
from sandbox.state import State
from sandbox.wire import WeChatError


class PreconditionFailedError(Exception):
    """The body came without a length: HTTP 412 with nothing in it."""


def admit(state: State, endpoint: Endpoint, arrived: Arrived) -> Call:
    """Return the call when it may reach its action, else raise what WeChat answers."""
    if arrived.chunked:
        raise PreconditionFailedError
    if arrived.method != endpoint.method:
        raise WeChatError(43002 if endpoint.method == "POST" else 43001)
    posts = endpoint.method == "POST"
    if endpoint.secret is not None:
        _allow_ip(state, arrived.ip, turn="first")
        body = _object(arrived.body) if posts else {}
        _secret(state, endpoint.secret, body if posts else arrived.query)
        _allow_ip(state, arrived.ip, turn="last")
        state.quota.spend(endpoint.path, endpoint.limits, state.now())
        return Call(arrived.query, body)
    early = posts and state.options.body_check == "before_token"
    body = _object(arrived.body) if early else {}
    _access_token(state, arrived.query.get("access_token", ""))
    state.quota.spend(endpoint.path, endpoint.limits, state.now())
    return Call(arrived.query, _object(arrived.body) if posts and not early else body)


def _allow_ip(state: State, ip: str, *, turn: str) -> None:
    listed = state.options.ip_whitelist
    if state.options.ip_check != turn or not listed or any(_covers(one, ip) for one in listed):
        return
    raise WeChatError(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")


def _covers(entry: str, ip: str) -> bool:
    if entry.endswith("*"):
        return ip.startswith(entry[:-1])
    try:
        return ipaddress.ip_address(ip) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _secret(state: State, secret: Secret, given: Mapping[str, Any]) -> None:
    for name, missing in (("appid", 41002), (secret.name, 41004), (secret.code_name, 41008)):
        if name and not (isinstance(given.get(name), str) and given[name]):
            raise WeChatError(missing)
    if given["appid"] != state.app.appid:
        raise WeChatError(40013)
    if given[secret.name] != state.app.secret:
        wrong = state.options.wrong_secret if secret.wrong_may_be_40001 else 40125
        raise WeChatError(wrong)
    if secret.grant_type and given.get("grant_type") != secret.grant_type:
        raise WeChatError(40002)


def _access_token(state: State, value: str) -> None:
    if not value:
        raise WeChatError(41001)
    fault = state.tokens.fault(value, state.now())
    if fault:
        told = state.options.token_errcode
        raise WeChatError(fault if told == "by_cause" else int(told))


def _object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise WeChatError(44002)
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise WeChatError(47001) from None
    if not isinstance(body, dict):
        raise WeChatError(47001)
    return body


def _not_json(name: str) -> None:
    raise ValueError(name)
