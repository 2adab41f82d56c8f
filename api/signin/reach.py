"""Where a provider may be asked: a name is looked up once, its addresses are checked, and one of these is connected to.

So no provider, and no document of one, can make the portal ask inside its own network (SSRF), and no second look-up
can change what was checked (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx2

from api.errors import SignInFailed
from api.settings_addresses import Network, is_loopback
from api.settings_parts import ProviderSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NOT_PUBLIC = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata among them
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's own service, at a public number
    ipaddress.ip_network("2002::/16"),  # 6to4: any IPv4 address in disguise
)
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64: a public IPv4 address, the way an IPv6 network reaches it
TRIED = 3  # addresses of one name


def allowed_for(settings: ProviderSettings) -> tuple[Network, ...]:
    """Where a provider may be asked besides public addresses: its networks, and loopback where its issuer is there."""
    is_here = is_loopback(urlsplit(settings.issuer or "").hostname or "")
    return (*settings.networks, *LOOPBACK) if is_here else settings.networks


class Checked(httpx2.AsyncBaseTransport):
    """A transport to public addresses and those inside `allowed`. TLS still proves the name that was asked for."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, allowed: Sequence[Network] = ()) -> None:
        self._inner = inner
        self._allowed = allowed

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        found = await addresses_of(request.url, self._allowed)
        *others, last = found[:TRIED]
        for address in others:
            try:
                return await self._inner.handle_async_request(_at(address, request, len(others) + 1))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_at(last, request, len(others) + 1))

    async def aclose(self) -> None:
        await self._inner.aclose()


async def addresses_of(url: httpx2.URL, allowed: Sequence[Network]) -> list[Address]:
    """The addresses of the URL's host that may be asked, in the order in which to try them.

    Raises SignInFailed where there are only others, ConnectError where there are none.
    """
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(_host(url), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError(f"{url.host} has no address") from error
    found = dict.fromkeys(ipaddress.ip_address(answer[4][0]) for answer in answers)
    good = [address for address in found if may_be_asked(address, allowed)]
    if not good:
        raise SignInFailed("provider-address")
    return good


def may_be_asked(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether `address` is on the public internet or inside one of the `allowed` networks."""
    meant = _meant(address)
    if any(meant in network for network in allowed):
        return True
    if isinstance(meant, ipaddress.IPv6Address) and meant not in GLOBAL_UNICAST:
        return False
    return meant.is_global and not meant.is_multicast and not any(meant in network for network in NOT_PUBLIC)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one may stand for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _at(address: Address, request: httpx2.Request, of: int) -> httpx2.Request:
    """The same request to this very address, with its share of the time to connect where there are several."""
    extensions = dict(request.extensions)
    timeouts = dict(extensions.get("timeout", {}))
    if timeouts.get("connect") is not None:
        timeouts["connect"] /= of
    extensions |= {"timeout": timeouts, "sni_hostname": _host(request.url)}
    url = request.url.copy_with(host=str(address))
    return httpx2.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)


def _host(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii")
