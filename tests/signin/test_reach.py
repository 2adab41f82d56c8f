"""Where a provider may be asked: in public, inside networks the settings name, at the very address that was checked."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from api.errors import SignInFailed
from api.signin.doctor import Verdict, examine
from api.signin.people import Profile
from api.signin.providers import Provider
from api.signin.reach import LOOPBACK, may_be_asked
from tests.patience import PATIENCE
from tests.signin.hostile import Hostile
from tests.signin.twists import PORTAL, always, more, provider_of, refusal, sign_in

METADATA_SERVICE = "169.254.169.254"
NAME = "id.example.edu"


NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fe80::1%lo",
]


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_may_be_asked(address: str) -> None:
    assert may_be_asked(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_may_not(address: str) -> None:
    assert not may_be_asked(ipaddress.ip_address(address), ())


def test_a_network_of_the_settings_may_be_asked_and_no_other() -> None:
    allowed = (ipaddress.ip_network("10.20.0.0/16"),)
    assert may_be_asked(ipaddress.ip_address("10.20.3.4"), allowed)
    assert may_be_asked(ipaddress.ip_address("::ffff:10.20.3.4"), allowed)
    assert not may_be_asked(ipaddress.ip_address("10.21.3.4"), allowed)
    assert not may_be_asked(ipaddress.ip_address(METADATA_SERVICE), LOOPBACK)


PLACES = [f"https://{METADATA_SERVICE}/x", "https://10.0.0.7/x", "https://[fd00:ec2::254]/x"]


@pytest.mark.parametrize("endpoint", ["jwks_uri", "token_endpoint", "userinfo_endpoint"])
@pytest.mark.parametrize("place", PLACES)
def test_a_document_that_leads_inside_is_not_followed(hostile: Hostile, endpoint: str, place: str) -> None:
    hostile.twist("metadata", more(**{endpoint: place}))
    hostile.twist("claims", lambda given: {key: value for key, value in given.items() if key != "name"})
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-address"
    findings = [each for each in asyncio.run(examine(provider_of(hostile))) if each.verdict is Verdict.FAULT]
    assert [each.words.partition(": ")[0] for each in findings] == [place]
    assert "name that network in NETWORKS" in findings[0].words
    assert hostile.served["metadata"] == 2


def test_an_issuer_inside_is_not_asked(hostile: Hostile) -> None:
    hostile.issuer = f"https://{METADATA_SERVICE}"
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-address"
    finding = asyncio.run(examine(provider_of(hostile)))[-1]
    assert (finding.point, finding.verdict) == ("discovery", Verdict.FAULT)
    assert "a network that is not public" in finding.words


def test_a_redirect_inside_is_not_followed(hostile: Hostile) -> None:
    hostile.twist("metadata", always(RedirectResponse(f"http://{METADATA_SERVICE}/latest/meta-data/")))
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-metadata"
    assert hostile.served["metadata"] == 1


def test_settings_that_are_no_networks(hostile: Hostile) -> None:
    assert hostile.settings(networks="10.20.0.0/16, ::1").networks == tuple(
        map(ipaddress.ip_network, ("10.20.0.0/16", "::1/128"))
    )
    with pytest.raises(ValidationError, match="is no list of networks"):
        hostile.settings(networks="10.20.0.1/16")


@contextmanager
def by_name(hostile: Hostile, folder: Path, certified_name: str = NAME) -> Iterator[int]:
    """The provider by HTTPS on 127.0.0.1, with a certificate for a name; its port."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make_certificate(certified_name, key, certificate)
    config = uvicorn.Config(
        hostile.app,
        "127.0.0.1",
        0,
        log_level="critical",
        lifespan="off",
        ws="none",
        ssl_keyfile=str(key),
        ssl_certfile=str(certificate),
    )
    server, listener = uvicorn.Server(config), config.bind_socket()
    listener.listen()  # who comes before the server is up has to wait, and is not refused
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    hostile.issuer = f"https://{NAME}:{port}"
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def make_certificate(name: str, key_file: Path, certificate_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    certificate_file.write_bytes(certificate.public_bytes(pem))


class Names:
    """What the name server says, one answer after the other, the last one from then on; every question is counted."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    def __call__(self, host: str | None, port: Any, *_args: Any, **_more: Any) -> list[Any]:
        assert host == NAME
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in answer]


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose certificate this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return tmp_path


def known_as(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def test_a_name_that_leads_inside_is_refused(hostile: Hostile, trusting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_name(hostile, trusting):
        known_as(monkeypatch, ["127.0.0.1"])
        assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-address"
        assert sum(hostile.asked.values()) == 0


def test_a_name_in_an_allowed_network_is_asked_and_has_to_prove_itself(
    hostile: Hostile, trusting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by_name(hostile, trusting) as port:
        known_as(monkeypatch, ["127.0.0.1"])
        profile = asyncio.run(sign_in(provider_of(hostile, networks="127.0.0.1"), hostile))
        assert profile == Profile(f"https://{NAME}:{port}", "reader-1", "Rea Der", "rea@example.org")
    with by_name(hostile, trusting, certified_name="other.example.edu"):
        refused = refusal(sign_in(provider_of(hostile, networks="127.0.0.1"), hostile))
        assert refused == "provider-certificate"


def test_a_second_look_up_changes_nothing(hostile: Hostile, trusting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is good when it is checked and leads elsewhere at once after that."""
    with by_name(hostile, trusting):
        names = known_as(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
        provider = Provider("hostile", hostile.settings(networks="127.0.0.1"), PORTAL)
        address = provider.metadata_address
        assert asyncio.run(provider.line.get(address, "provider-metadata")).status_code == 200
        assert names.asked == 1
        with pytest.raises(SignInFailed) as caught:
            asyncio.run(provider.line.get(address, "provider-metadata"))
        assert (caught.value.code, names.asked) == ("provider-address", 2)


def test_of_several_addresses_one_that_answers_is_taken_and_none_inside(
    hostile: Hostile, trusting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by_name(hostile, trusting):
        known_as(monkeypatch, ["169.254.169.254", "127.0.0.9", "127.0.0.1"])
        provider = provider_of(hostile, networks="127.0.0.0/24")
        assert asyncio.run(sign_in(provider, hostile)).subject == "reader-1"


def test_a_name_that_nobody_knows(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(*_args: Any, **_more: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)
    hostile.issuer = f"https://{NAME}"
    assert refusal(sign_in(provider_of(hostile), hostile)) == "provider-unreachable"
