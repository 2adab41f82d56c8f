"""Whose address a request has: the peer's, unless the peer is a proxy that the operator trusts."""

from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from sqlmodel import select
from starlette.requests import HTTPConnection
from starlette.types import Scope

from api import clock
from api.edge.network import Proxies, network_of
from api.settings import Settings
from api.tables import Bucket
from tests.site import Site, served

PROXIES = Proxies([ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")])
Headers = list[tuple[str, str]]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a network's count begins anew each day


def settled(peer: str | None, headers: Headers, proxies: Proxies = PROXIES) -> Scope:
    raw = [(name.encode(), value.encode()) for name, value in (("host", "x"), *headers)]
    scope: Scope = {"type": "http", "client": (peer, 1) if peer else None, "scheme": "http", "headers": raw}
    proxies.settle(scope)
    assert scope["headers"] == [(b"host", b"x")], "nothing behind the door sees a forwarded header"
    return scope


@pytest.mark.parametrize(
    ("peer", "headers", "network"),
    [
        ("192.0.2.9", [("x-forwarded-for", "198.51.100.1")], "192.0.2.9"),
        ("192.0.2.9", [("forwarded", "for=198.51.100.1")], "192.0.2.9"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", [("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
        ("10.1.1.1", [("x-forwarded-for", "203.0.113.5, 198.51.100.1")], "198.51.100.1"),
        ("10.1.1.1", [("x-forwarded-for", "203.0.113.5, 198.51.100.1, 10.2.2.2")], "198.51.100.1"),
        ("10.1.1.1", [("x-forwarded-for", "203.0.113.5"), ("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
        ("10.1.1.1", [("x-forwarded-for", "198.51.100.1:4711")], "198.51.100.1"),
        ("10.1.1.1", [("x-forwarded-for", "10.3.3.3, 10.2.2.2")], "10.3.3.3"),
        ("10.1.1.1", [("x-forwarded-for", "198.51.100.1, unknown")], "10.1.1.1"),
        ("10.1.1.1", [("x-forwarded-for", "' OR 1=1 --")], "10.1.1.1"),
        ("10.1.1.1", [("x-forwarded-for", "")], "10.1.1.1"),
        ("10.1.1.1", [("forwarded", 'for=203.0.113.5, For="198.51.100.1:80";proto=https')], "198.51.100.1"),
        ("10.1.1.1", [("forwarded", 'proto=https;for="[2001:db8:1:2:3::4]:4711"')], "2001:db8:1:2::/64"),
        ("10.1.1.1", [("forwarded", "for=_hidden")], "10.1.1.1"),
        ("10.1.1.1", [("forwarded", "for=203.0.113.5"), ("x-forwarded-for", "198.51.100.1")], "10.1.1.1"),
        ("10.1.1.1", [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
        ("2001:db8:ffff::1", [("x-forwarded-for", "2001:db8:1:2:ffff::9")], "2001:db8:1:2::/64"),
        ("::ffff:10.1.1.1", [("x-forwarded-for", "::ffff:198.51.100.1")], "198.51.100.1"),
        ("fe80::1%eth0", [], "fe80::/64"),
        (None, [("x-forwarded-for", "198.51.100.1")], "unknown"),
    ],
)
def test_the_network_that_is_counted(peer: str | None, headers: Headers, network: str) -> None:
    assert network_of(HTTPConnection(settled(peer, headers))) == network


@pytest.mark.parametrize(
    ("peer", "headers", "scheme"),
    [
        ("192.0.2.9", [("x-forwarded-proto", "https")], "http"),
        ("10.1.1.1", [("x-forwarded-proto", "https")], "https"),
        ("10.1.1.1", [("x-forwarded-proto", "https, http")], "http"),
        ("10.1.1.1", [("x-forwarded-proto", "javascript")], "http"),
        ("10.1.1.1", [("forwarded", "for=198.51.100.1;proto=https")], "https"),
        ("10.1.1.1", [("forwarded", "for=198.51.100.1;proto=gopher")], "http"),
    ],
)
def test_the_scheme_is_believed_likewise(peer: str, headers: Headers, scheme: str) -> None:
    assert settled(peer, headers)["scheme"] == scheme


def test_by_default_no_proxy_is_trusted() -> None:
    scope = settled("127.0.0.1", [("x-forwarded-for", "198.51.100.1")], Proxies([]))
    assert scope["client"] == ("127.0.0.1", 1)


@pytest.mark.parametrize(("trusted", "counts"), [((), [3]), ((ip_network("127.0.0.0/8"),), [1, 1, 1])])
def test_a_spoofed_address_moves_nobody_to_another_bucket(
    settings: Settings, trusted: tuple[object, ...], counts: list[int]
) -> None:
    with clock.frozen(NOON), served(settings.model_copy(update={"trusted_proxies": trusted})) as site:
        for number in range(3):
            spoofed = {"x-forwarded-for": f"203.0.113.{number}", "forwarded": f"for=203.0.113.{number}"}
            assert site.browser().post("/sign-in/demo", data={"next": "/"}, headers=spoofed).status_code == 303
        assert sorted(bucket.count for bucket in rows(site)) == counts


def rows(site: Site) -> list[Bucket]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Bucket)).all())
