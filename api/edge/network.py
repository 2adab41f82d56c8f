"""Where a request comes from: the peer, or what a trusted proxy says of it; and the network that is counted by."""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache

from starlette.requests import HTTPConnection
from starlette.types import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"})
FORWARDED_FOR = re.compile(r'(?:^|;)\s*for=("[^"]*"|[^;\s]*)', re.IGNORECASE)
FORWARDED_PROTO = re.compile(r'(?:^|;)\s*proto="?(https?)"?\s*(?:;|$)', re.IGNORECASE)
FORWARDED_BY = (
    "gatefold.forwarded-by"  # in a scope that came with forwarded headers: the peer, and whether it is trusted
)
IPV6_NETWORK = 64  # bits; one subscriber has all addresses of such a network


class Proxies:
    """The networks whose forwarded headers are believed; usually none."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    def settle(self, scope: Scope) -> None:
        """Put the real client and scheme into `scope`, and take forwarded headers out whoever sent them."""
        forwarded = [(name, value.decode("latin-1")) for name, value in scope["headers"] if name in FORWARDED]
        scope["headers"] = [header for header in scope["headers"] if header[0] not in FORWARDED]
        peer = address_of(scope["client"][0]) if scope.get("client") else None
        if peer is None:
            return
        is_trusted = self._are_trusted(peer)
        scope[FORWARDED_BY] = (str(peer), is_trusted)
        if not is_trusted:
            return
        scope["client"] = (str(self._client(peer, forwarded)), 0)
        scope["scheme"] = _scheme(forwarded) or scope["scheme"]

    def _client(self, peer: Address, forwarded: list[tuple[bytes, str]]) -> Address:
        """The first address from the right that is no trusted proxy's.

        Where both kinds of header came and differ, one of them is the caller's own and neither is believed.
        """
        old = self._walk(peer, _all(forwarded, b"x-forwarded-for"))
        new = self._walk(peer, [_for(element) for element in _all(forwarded, b"forwarded")])
        if old is not None and new is not None and old != new:
            return peer
        return old or new or peer

    def _walk(self, peer: Address, hops: list[str]) -> Address | None:
        if not hops:
            return None
        last = peer
        for hop in reversed(hops):
            address = address_of(hop)
            if address is None:
                break
            last = address
            if not self._are_trusted(address):
                break
        return last

    def _are_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def network_of(request: HTTPConnection) -> str:
    """What requests are counted together by: an IPv4 address, or the /64 of an IPv6 address."""
    address = address_of(request.client.host) if request.client is not None else None
    if address is None:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))


@lru_cache(maxsize=1024)
def address_of(text: str) -> Address | None:
    """An address as headers and sockets write it, with or without a port; None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _all(forwarded: list[tuple[bytes, str]], wanted: bytes) -> list[str]:
    """The elements of every header of that name, from left to right."""
    return [element.strip() for name, value in forwarded if name == wanted for element in value.split(",")]


def _for(element: str) -> str:
    found = FORWARDED_FOR.search(element)
    return found[1] if found is not None else ""


def _scheme(forwarded: list[tuple[bytes, str]]) -> str | None:
    """The scheme that the nearest proxy was asked by."""
    old = _all(forwarded, b"x-forwarded-proto")
    if old:
        return old[-1].lower() if old[-1].lower() in ("http", "https") else None
    elements = _all(forwarded, b"forwarded")
    found = FORWARDED_PROTO.search(elements[-1]) if elements else None
    return found[1].lower() if found is not None else None
