"""A real mail server for tests (aiosmtpd): STARTTLS, sign-in, refusals, slowness, and what it took."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api import clock
from api.settings_parts import MailSettings
from tests.patience import PATIENCE
from tests.site import free_port

USER, PASSWORD = "gatefold", "hush-hush"
SENDER = "Sample Press <books@press.example>"


@dataclass
class Taken:
    """A mail as it came over the wire."""

    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        found = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class Mailbox:
    """What the server does with mail. `answers` are refusals by address, or by `*` for the text of any mail."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.answers: dict[str, str] = {}
        self.sender_answer = ""
        self.pause = 0.0  # seconds before a mail's text is answered, when it is taken already
        self.company = 1  # so many mails have to be there before the first of them is answered
        self.arrived = threading.Event()

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if "*" in self.answers:
            return self.answers["*"]
        assert isinstance(envelope.content, bytes)
        self.taken.append(Taken(list(envelope.rcpt_tos), envelope.content))
        self.arrived.set()
        await asyncio.sleep(self.pause)
        while len(self.taken) < self.company:
            await asyncio.sleep(0.01)
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return sorted(address for each in self.taken for address in each.to)


@dataclass
class MailServer:
    """A server on the air, and the settings that reach it."""

    mailbox: Mailbox
    settings: MailSettings


@contextmanager
def serving(folder: Path | None, security: str = "none", *, with_sign_in: bool = False) -> Iterator[MailServer]:
    """`folder` is where `make_certificates` put the certificate, if there is to be TLS."""
    mailbox, port = Mailbox(), free_port()
    options: dict[str, Any] = {}
    if with_sign_in:
        options |= {"auth_required": True, "auth_require_tls": True, "authenticator": _authenticated}
    if security == "starttls":
        options |= {"tls_context": _context(folder), "require_starttls": True}
    if security == "tls":
        options |= {"ssl_context": _context(folder), "auth_require_tls": False}
    server = Controller(mailbox, "localhost", port, ready_timeout=PATIENCE, **options)
    server.start()
    given = {"username": USER, "password": PASSWORD} if with_sign_in else {}
    try:
        yield MailServer(
            mailbox,
            MailSettings(host="localhost", port=port, security=security, sender=SENDER, timeout=PATIENCE, **given),
        )
    finally:
        server.stop()


def _authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    is_known = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


def _context(folder: Path | None) -> SSLContext:
    assert folder is not None
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def make_certificates(folder: Path) -> Path:
    """An authority (`ca.pem`) and a certificate of its own for localhost (`server.pem`); the authority's file."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority for tests")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ca = _certificate(authority, authority, authority_key, authority_key, x509.BasicConstraints(True, 0))
    certificate = _certificate(server, authority, server_key, authority_key, names)
    key = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(key + certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    return folder / "ca.pem"


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = clock.now()
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    return made.sign(issuer_key, hashes.SHA256())
