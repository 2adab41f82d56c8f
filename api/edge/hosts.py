"""The names that a request may ask this portal by: its public URL's, and on loopback the other loopback names."""

from urllib.parse import urlsplit

from api.settings_addresses import is_loopback

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def allowed_hosts(public_url: str, operator_port: int | None) -> frozenset[bytes]:
    """`Host` headers that are answered, in small letters. The operator's port is asked by loopback names."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    default = DEFAULT_PORTS[parts.scheme]
    port = parts.port or default
    names = {f"[{host}]" if ":" in host else host}
    if is_loopback(host):
        names |= set(LOOPBACK_NAMES)
    hosts = {f"{name}:{port}" for name in names}
    if port == default:
        hosts |= names
    if operator_port is not None:
        hosts |= {f"{name}:{operator_port}" for name in LOOPBACK_NAMES}
    return frozenset(host.encode("idna" if not host.isascii() else "ascii") for host in hosts)
