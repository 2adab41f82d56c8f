"""Addresses in settings: of servers and of networks, read strictly."""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAME = re.compile(r"[\w.-]+")


def is_host(name: str) -> bool:
    """Whether this can be the name or the number of a machine, with nothing before or behind it."""
    if NAME.fullmatch(name):
        return True
    try:
        return bool(ipaddress.IPv6Address(name))
    except ValueError:
        return False


def parts_of(url: str, form: str) -> SplitResult:
    """The parts of an address with a host and, if it has one, a port that there can be; `form` shows how it looks."""
    try:
        parts = urlsplit(url)
        is_address = is_host(parts.hostname or "") and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"is no address like {form}")
    return parts


def secure(parts: SplitResult) -> None:
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError("has to begin with https:// (http:// only on loopback)")


def bare(parts: SplitResult) -> str:
    """The address, which has to be one of a server alone."""
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("is more than an origin; leave out the path, names and everything else")
    return f"{parts.scheme}://{parts.netloc}"


def endpoint(url: str | None) -> str | None:
    """The address of another server, without anything behind its port."""
    if url is None:
        return None
    form = "https://s3.example.org"
    parts = parts_of(url, form)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"is no address like {form}")
    return bare(parts)


def networks_with_commas(given: Any) -> Any:
    """The networks in a text such as `10.0.0.0/8, 192.0.2.7`; what is no text is left for others to judge."""
    if not isinstance(given, str):
        return given
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in given.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(f"is no list of networks like 10.0.0.0/8, 192.0.2.7: {error}") from error


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
