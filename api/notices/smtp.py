"""Talking to the mail server: a connection that is safe or none, one mail after the other, and faults in plain words.

No fault quotes what the server says about a mail: servers like to repeat the reader's address there.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from api.notices import faults
from api.notices.mails import Letter, PostOffice
from api.settings_parts import MailSettings

TRY_AGAIN_LATER = 421  # the server is about to hang up, whatever it was asked
ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463
ADDRESS = re.compile(r"\S+@\S+")
LONGEST_WORDS = 120  # characters of what a server says


class NoMail(Exception):
    """Nothing can be sent at present; the message says what to mend."""


class InDoubt(Exception):
    """The mail's text was on its way when the connection broke, so it may have been taken."""


class Refused(Exception):
    """The server does not take this one mail: for good, or for now."""

    def __init__(self, words: str, *, for_good: bool) -> None:
        super().__init__(words)
        self.for_good = for_good


class Line:
    """An open connection that has said who it is."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        self._smtp = smtp
        self._sender = sender

    def offer(self) -> None:
        """Ask whether the server takes mail from the sender, and send none."""
        with _house_faults():
            self._begin()
            self._smtp.rset()

    def send(self, letter: Letter) -> None:
        """Raises Refused, InDoubt or NoMail."""
        with _house_faults():
            self._begin()
            self._expect(*self._smtp.rcpt(letter.to))
            text = letter.message.as_bytes()
        try:
            self._expect(*self._smtp.data(text))
        except smtplib.SMTPDataError as error:
            self._expect(error.smtp_code, error.smtp_error)
        except OSError as error:  # smtplib's own are among them
            raise InDoubt from error

    def _begin(self) -> None:
        code, said = self._smtp.mail(self._sender)
        if code != 250:
            raise NoMail(faults.NOTHING_FROM.format(sender=self._sender, said=_words(code, said)))

    def _expect(self, code: int, said: bytes | str) -> None:
        if code in (250, 251):
            return
        if code == TRY_AGAIN_LATER:
            raise NoMail(faults.HUNG_UP)
        found = ENHANCED.match(said if isinstance(said, bytes) else said.encode())
        number = f"{code} {found[0].decode()}" if found else str(code)
        for_good = code >= 500
        with _quietly():
            self._smtp.rset()
        raise Refused(faults.REFUSED[for_good].format(number=number), for_good=for_good)


@contextmanager
def connected(office: PostOffice) -> Iterator[Line]:
    """A connection as the settings want it, the certificate checked, signed in where there is a name. Raises NoMail."""
    with _house_faults(office.mail):
        smtp = _opened(office.mail, office.host)
    try:
        with _house_faults(office.mail):
            _secured(smtp, office.mail)
        yield Line(smtp, office.sender_address)
        with _quietly():
            smtp.quit()
    finally:
        smtp.close()


def _opened(mail: MailSettings, name: str) -> smtplib.SMTP:
    assert mail.host is not None
    assert mail.port is not None
    if mail.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, name, timeout=mail.timeout, context=context)
    return smtplib.SMTP(mail.host, mail.port, name, timeout=mail.timeout)


def _secured(smtp: smtplib.SMTP, mail: MailSettings) -> None:
    if mail.security == "starttls":
        code, said = smtp.starttls(context=ssl.create_default_context())
        if code != 220:
            raise NoMail(faults.NO_TLS_BEGUN.format(said=_words(code, said)))
    if mail.username is not None and mail.password is not None:
        smtp.login(mail.username, mail.password.get_secret_value())
    smtp.ehlo_or_helo_if_needed()


@contextmanager
def _quietly() -> Iterator[None]:
    """What mattered is known already; if the connection breaks now, the next mail will tell."""
    try:
        yield
    except OSError:
        return


@contextmanager
def _house_faults(mail: MailSettings | None = None) -> Iterator[None]:
    """Whatever goes wrong with the connection, as NoMail in words."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NoMail(faults.NOT_LET_IN.format(number=error.smtp_code)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NoMail(_not_offered(mail)) from error
    except smtplib.SMTPResponseException as error:
        raise NoMail(faults.SAYS_NO.format(said=_words(error.smtp_code, error.smtp_error))) from error
    except smtplib.SMTPServerDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise NoMail(faults.TOO_SLOW) from error
        raise NoMail(faults.CLOSED) from error
    except smtplib.SMTPException as error:
        raise NoMail(faults.NO_WAY_TO_SIGN_IN) from error
    except ssl.SSLCertVerificationError as error:
        raise NoMail(faults.BAD_CERTIFICATE.format(why=error.verify_message)) from error
    except ssl.SSLError as error:
        raise NoMail(faults.NO_TLS) from error
    except socket.gaierror as error:
        raise NoMail(faults.NO_SUCH_SERVER) from error
    except TimeoutError as error:
        raise NoMail(faults.TOO_SLOW) from error
    except OSError as error:
        raise NoMail(faults.OUT_OF_REACH.format(why=error.strerror or type(error).__name__)) from error


def _not_offered(mail: MailSettings | None) -> str:
    if mail is not None and mail.security == "starttls":
        return faults.NO_STARTTLS
    return faults.NO_SIGN_IN


def _words(code: int, said: bytes | str) -> str:
    """What a server said about the connection, short, printable, and without addresses."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    plain = "".join(each if each.isprintable() else " " for each in text)
    return ADDRESS.sub("…", f"{code} {' '.join(plain.split())}")[:LONGEST_WORDS].rstrip(". ")
