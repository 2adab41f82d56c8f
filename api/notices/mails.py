"""What mails say. Each kind is one function from what a mail is about to its subject and text; the frame is shared."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session as Db

from api.edge.face import Face
from api.edge.language import Offered
from api.formats.record import WORK_PATHS
from api.notices import choice, faults, summaries
from api.seal import Seal
from api.settings_parts import MailSettings
from api.spoken import N_, gettext, speaking
from api.tables import CopyRequest, House, Kind, Notice, NoticeKind, OutgoingMail, Title, User
from api.usage.months import Month

NOTICE, COPY = "notice", "copy"
WIDTH = 72  # characters of a line of text
LONGEST_SUBJECT = 200  # characters
NUMBER_LENGTH = 32  # of a Message-ID, in hexadecimal characters


class NotToBeSent(Exception):
    """There is no mail to be made of it, and the message says why, without an address."""


@dataclass(frozen=True)
class PostOffice:
    """What all mails need: the server and the sender, the seal of links, and where the portal is."""

    mail: MailSettings
    seal: Seal
    public_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def sender_address(self) -> str:
        return parseaddr(self.mail.sender or "")[1]

    def sender(self, db: Db) -> Address:
        """The address mails come from, with the name that stands beside it in the settings, or else the house's."""
        house = db.get(House, 1)
        name = parseaddr(self.mail.sender or "")[0] or (house.name if house is not None else None)
        return Address(display_name=_one_line(name or Face.name), addr_spec=self.sender_address)


@dataclass(frozen=True)
class Text:
    """What is particular to a mail."""

    subject: str
    body: str
    because: str  # why the reader gets it


@dataclass(frozen=True)
class Letter:
    """A mail that is ready, and the one address it goes to."""

    to: str
    message: EmailMessage


class WholeAddresses(EmailPolicy):
    """Headers for the wire. The library would encode a long web address, and then no program can follow it."""

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}\r\n" if name in LEFT_WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return f"{name}: {value}\r\n".encode("ascii") if name in LEFT_WHOLE else super().fold_binary(name, value)


LEFT_WHOLE = ("List-Unsubscribe", "Message-ID")
POLICY = WholeAddresses(linesep="\r\n")


def letter(db: Db, office: PostOffice, mail: OutgoingMail, now: datetime) -> Letter:
    """The mail as it goes out now. Raises NotToBeSent, also where the reader wants none any more."""
    user = db.get_one(User, mail.user_id)
    if user.disabled_at is not None or user.closing_at is not None:
        raise NotToBeSent(faults.ACCOUNT_CLOSED)
    kind = KINDS[mail.kind]
    if not kind.is_wanted(db, user):
        raise NotToBeSent(faults.TURNED_OFF)
    address = choice.address_of(db, mail.user_id)
    if address is None:
        raise NotToBeSent(faults.NO_ADDRESS)
    language = _language_of(db, user)
    with speaking(language):
        text = kind.write(db, office, mail.arguments)
        ending = gettext("One click ends these mails:")
    way_out = choice.way_out(office.seal, office.public_url, user)
    message = EmailMessage(policy=POLICY)
    sender = office.sender(db)
    message["From"] = sender
    message["To"] = _recipient(address)
    message["Subject"] = _one_line(text.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _number(office, mail)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{way_out}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    end = f"{text.because}\n{ending}\n{way_out}\n\n-- \n{sender.display_name}\n"
    message.set_content(f"{text.body}\n\n{end}", cte="quoted-printable")
    message["Content-Language"] = language
    return Letter(address, message)


def _language_of(db: Db, user: User) -> str:
    """What the reader has chosen, else the house's own language."""
    house = db.get(House, 1) or House()
    offered = Offered.of(house.languages, house.language)
    return user.language if user.language in offered.tags else offered.default


def notice(db: Db, office: PostOffice, arguments: Mapping[str, Any]) -> Text:
    """An erratum or a new edition, in the press's words."""
    found = db.get(Notice, arguments["notice"])
    if found is None:
        raise NotToBeSent(faults.NOTICE_GONE)
    title = db.get_one(Title, found.title_id)
    subject, opening = WORDS[NoticeKind(found.kind)]
    address = f"{office.public_url}{WORK_PATHS[Kind(title.kind)]}/{title.slug}"
    parts = [gettext(opening), f"{_wrapped(title.full_title)}\n{address}", _wrapped(found.words)]
    return Text(
        f"{gettext(subject)}: {title.full_title}",
        "\n\n".join(filter(None, parts)),
        gettext("You hold this title and asked for notices by e-mail."),
    )


def copy_answered(db: Db, office: PostOffice, arguments: Mapping[str, Any]) -> Text:
    """That the press has answered about an accessible copy. What was asked and answered is nobody else's business."""
    request = db.get(CopyRequest, arguments["copy"])
    if request is None:
        raise NotToBeSent(faults.REQUEST_GONE)
    title = db.get_one(Title, request.title_id)
    return Text(
        N_("An answer about {title}", title=title.full_title).told(),
        "\n\n".join(
            [
                gettext("The press has answered what you asked about"),
                _wrapped(title.full_title),
                f"{gettext('The answer is on your account page:')}\n{office.public_url}/account",
            ]
        ),
        gettext("You have asked the press something, and asked to be told by e-mail."),
    )


WORDS = {
    NoticeKind.ERRATUM: (N_("Erratum"), N_("There is a correction to a title that you hold:")),
    NoticeKind.NEW_EDITION: (N_("New edition"), N_("There is a new edition of a title that you hold:")),
}


def summary(db: Db, office: PostOffice, arguments: Mapping[str, Any]) -> Text:
    """What a month's use came to, for the staff."""
    subject, parts = summaries.words(db, Month.read(arguments["month"]))
    address = f"{office.public_url}/desk/usage"
    body = "\n\n".join(
        [*map(_wrapped, parts), f"{gettext('More at the desk, and where to turn this off:')}\n{address}"]
    )
    return Text(subject, body, gettext("You work at this desk, and the month’s figures come to you by e-mail."))


@dataclass(frozen=True)
class MailKind:
    """A kind of mail: what it says, and whether an account wants it."""

    write: Callable[[Db, PostOffice, Mapping[str, Any]], Text]
    is_wanted: Callable[[Db, User], bool]


def _has_said_yes(db: Db, user: User) -> bool:
    return choice.allowed_at(db, user.id or 0) is not None


KINDS = {
    NOTICE: MailKind(notice, _has_said_yes),
    COPY: MailKind(copy_answered, _has_said_yes),
    summaries.SUMMARY: MailKind(summary, summaries.are_wanted),
}


def _recipient(address: str) -> Address:
    try:
        address.encode("ascii")
        return Address(addr_spec=address)
    except (ValueError, MessageError, IndexError) as error:
        raise NotToBeSent(faults.ODD_ADDRESS) from error


def _one_line(text: str) -> str:
    """A header's text: one line, and without what would be read as an encoded word, which could hide line ends."""
    plain = "".join(each if each.isprintable() else " " for each in text).replace("=?", "= ?")
    return textwrap.shorten(plain, LONGEST_SUBJECT, placeholder=" …")


def _number(office: PostOffice, mail: OutgoingMail) -> str:
    """The Message-ID: the same however often the mail is tried, so that programs know a second copy for one."""
    digest = office.seal.digest("mail number", f"{mail.id} {mail.key} {mail.made_at.isoformat()}")
    return f"<{digest[:NUMBER_LENGTH]}@{office.host}>"


def _wrapped(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )
