"""Knows which address outside may be called for somebody, and at which machine; must not know what is sent.

Nothing calls an address that a person typed: mail goes to the one server that whoever runs this names. Whatever is to
call one later (a hook, a link to look up) asks here first, connects to the machine that it gets and to no other, and
follows no redirect. Source: ASVS 5.0 1.3.6, 13.2.4, 15.3.2; RFC 6052; RFC 3056.
"""

from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from qms.rules.errors import Invalid

PORT = 443
Resolve = Callable[[str], Collection[str]]
"""Gives the addresses of a host; asked once, so that a second answer cannot lead elsewhere."""

_HIDING = tuple(map(ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
"""IPv6 networks whose addresses carry an IPv4 address, which may be one inside."""


class Target(NamedTuple):
    """Where to connect: the machine's address, and the name by which its certificate is checked."""

    host: str
    address: str
    port: int
    path: str


def outgoing(url: str, allowed: Collection[str], resolve: Resolve) -> Target:
    """Return where a call to `url` has to connect. Raises Invalid unless its host is allowed and lies outside."""
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise _refused()
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
    except ValueError as error:
        raise _refused() from error
    host = parts.hostname or ""
    if parts.scheme != "https" or "@" in parts.netloc or port != PORT or host not in allowed:
        raise _refused()
    addresses = list(resolve(host))
    if not addresses or not all(map(is_outside, addresses)):
        raise _refused()
    return Target(host, addresses[0], port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_outside(address: str) -> bool:
    """Tell whether an address belongs to the public internet and hides no other one."""
    try:
        held: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return held.is_global and not held.is_multicast and not any(
        held.version == network.version and held in network for network in _HIDING)


def _refused() -> Invalid:
    return Invalid("This address may not be called: it is no https address of a host that is allowed, or lies inside.",
                   "不得访问此地址: 不是允许的主机的 https 地址, 或位于内部网络。", field="url")
