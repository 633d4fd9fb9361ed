"""Where a request comes from, as far as limits care."""

from contextlib import suppress
from ipaddress import IPv6Address, ip_network

from sanic import Request


def network(request: Request) -> str:
    """The client's IPv4 address, or the /64 of its IPv6 address: of those one household has 2⁶⁴."""
    return of_peer(str(request.remote_addr or request.ip))


def of_peer(address: str) -> str:
    """The same for an address; what is none stays as it is."""
    plain = address.strip("[]")
    if ":" not in plain:
        return plain
    with suppress(ValueError):
        whole = IPv6Address(plain.partition("%")[0])
        if whole.ipv4_mapped:
            return str(whole.ipv4_mapped)
        return str(ip_network((whole, 64), strict=False))
    return plain
