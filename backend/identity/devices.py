"""On what and from where somebody logged in: enough to know one's own phone by, and no more."""

from ipaddress import IPv4Address, ip_address
from typing import Any

from backend.audit import Origin
from models import Device

# The first that is found counts: an iPad calls itself a Mac, and all that is Android also Linux.
_MARKS = (
    ("iphone", Device.IPHONE),
    ("ipad", Device.IPAD),
    ("openharmony", Device.HARMONY),
    ("harmonyos", Device.HARMONY),
    ("android", Device.ANDROID),
    ("windows", Device.WINDOWS),
    ("macintosh", Device.MAC),
)
_OPERATOR_PREFIX = 32


def of(origin: Origin) -> dict[str, Any]:
    """What is kept of where a session was begun; nothing of one begun by a command."""
    if origin.address is None:
        return {}
    return {"device": device(origin.agent or ""), "network": network(origin.address)}


def device(agent: str) -> Device:
    """What the client's User-Agent says it is."""
    said = agent.lower()
    return next((found for mark, found in _MARKS if mark in said), Device.OTHER)


def network(address: str) -> str | None:
    """The address without what tells one house from another; None for what is no address."""
    try:
        # A link-local one names the interface it came by, which is ours.
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return ".".join([*str(found).split(".")[:2], "*", "*"])
    if found.ipv4_mapped is not None:
        return network(str(found.ipv4_mapped))
    groups = found.exploded.split(":")[: _OPERATOR_PREFIX // 16]
    return ":".join([*(group.lstrip("0") or "0" for group in groups), "*"])
