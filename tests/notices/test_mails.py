"""What a mail says and how its headers come over the wire, however hostile the title."""

import re
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest
from sqlmodel import select

from api import clock
from api.notices.mails import PostOffice
from api.notices.sending import Outcome, send_due
from api.tables import House, MailState, NoticeKind, User
from tests.mailserver import MailServer, Taken
from tests.notices.conftest import URL
from tests.notices.readers import Shelf

REA = "rea@readers.example"
LONG = "Ä long title about rivers – what archives carry and what they leave behind, " * 6
BROKEN = "Rivers\r\nBcc: evil@example.org\r\n\r\nBuy now"
ENCODED = "=?utf-8?q?Rivers=0D=0ABcc:_evil@example.org=0D=0A=0D=0ABuy?="

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the database has no part in it


def sent(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> Taken:
    assert send_due(shelf.database, office) == Outcome(sent=1)
    (taken,) = mail_server.mailbox.taken
    return taken


def heads(taken: Taken) -> list[str]:
    """The names of the headers as they came, before anyone makes sense of them."""
    head = taken.raw.partition(b"\r\n\r\n")[0].decode("ascii")
    return [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]


def test_it_is_plain_and_short_and_says_how_to_end_it(
    shelf: Shelf, office: PostOffice, mail_server: MailServer
) -> None:
    shelf.reader(REA)
    shelf.change(title="Rivers", full_title="Rivers – of Paper")
    now = clock.now().replace(microsecond=0)
    with clock.frozen(now):
        shelf.tell("Page 12: read 21.\n\nÜber “all” of it.")
        taken = sent(shelf, office, mail_server)
    message = taken.message
    assert (taken.to, message["To"], message["From"]) == ([REA], REA, "Sample Press <books@press.example>")
    assert message["Subject"] == "Erratum: Rivers – of Paper"
    assert parsedate_to_datetime(message["Date"]) == now
    assert re.fullmatch(r"<[0-9a-f]{32}@books\.press\.example>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = message["List-Unsubscribe"].strip("<>")
    assert way_out.startswith(f"{URL}/unsubscribe/")
    assert taken.text == (
        "There is a correction to a title that you hold:\n\n"
        f"Rivers – of Paper\n{URL}/reports/rivers\n\n"
        "Page 12: read 21.\n\nÜber “all” of it.\n\n"
        "You hold this title and asked for notices by e-mail.\n"
        f"One click ends these mails:\n{way_out}\n\n-- \nSample Press\n"
    )
    assert set(re.findall("https?://[^/\\s]+", taken.text)) == {URL}


def test_a_new_edition_needs_no_words(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    shelf.reader(REA)
    shelf.add_edition(2)
    shelf.tell("", NoticeKind.NEW_EDITION)
    taken = sent(shelf, office, mail_server)
    assert taken.message["Subject"] == "New edition: Rivers"
    assert "There is a new edition of a title that you hold:\n\nRivers\n" in taken.text
    assert "\n\n\n" not in taken.text


@pytest.mark.parametrize("name", [BROKEN, ENCODED, "Rivers\x00\x0b\x0c\x1c\x85\u2028\u2029", LONG])
def test_a_hostile_title_makes_no_header(shelf: Shelf, office: PostOffice, mail_server: MailServer, name: str) -> None:
    shelf.reader(REA)
    shelf.change(full_title=name)
    shelf.tell(name)
    taken = sent(shelf, office, mail_server)
    assert taken.to == [REA]
    assert set(heads(taken)) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Language",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert "Bcc" not in taken.message
    subject = taken.message["Subject"].strip()
    assert subject.startswith("Erratum: ")
    assert len(subject) <= 200
    assert all(character.isprintable() for character in subject)
    assert max(map(len, taken.raw.split(b"\r\n"))) < 200
    assert "carry and what they" in subject or name is not LONG


def test_a_line_with_a_dot_alone_is_only_text(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    shelf.reader(REA)
    shelf.tell("One.\n.\nMAIL FROM:<evil@example.org>\n.end")
    content = sent(shelf, office, mail_server).text
    assert "One.\n.\nMAIL FROM:<evil@example.org>\n.end\n" in content


@pytest.mark.parametrize(
    "address",
    [
        "rea@readers.example, evil@example.org",
        "rea@readers.example>\r\nRCPT TO:<evil@example.org",
        "rea@readers.example\nBcc: evil@example.org",
        "Rea <rea@readers.example>",
        "rea",
        "réa@readers.example",
        "@",
    ],
)
def test_a_hostile_address_gets_nothing(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, address: str
) -> None:
    shelf.reader(address)
    shelf.tell()
    assert send_due(shelf.database, office) == Outcome(given_up=1)
    assert (shelf.mail().state, mail_server.mailbox.taken) == (MailState.GIVEN_UP, [])
    assert address not in str(shelf.mail().fault)


@pytest.mark.parametrize(("name", "shown"), [(None, "Gatefold"), ("Haus\r\nBcc: =?x?", "Haus Bcc: = ?x?")])
def test_a_sender_without_a_name_is_the_house(
    shelf: Shelf, office: PostOffice, mail_server: MailServer, name: str | None, shown: str
) -> None:
    with shelf.database.writing() as db:
        db.add(House(name=name))
    shelf.reader(REA)
    shelf.tell()
    nameless = replace(office, mail=office.mail.model_copy(update={"sender": "books@press.example"}))
    taken = sent(shelf, nameless, mail_server)
    (sender,) = taken.message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (shown, "books@press.example")
    assert "Bcc" not in taken.message
    assert taken.text.endswith(f"-- \n{shown}\n")


def test_it_speaks_the_readers_language(shelf: Shelf, office: PostOffice, mail_server: MailServer) -> None:
    shelf.reader(REA)
    shelf.change(title="Rivers", full_title="Rivers – of Paper")
    with shelf.database.writing() as db:
        for user in db.exec(select(User)).all():
            user.language = "de"
    shelf.tell("Page 12: read 21.")
    taken = sent(shelf, office, mail_server)
    assert taken.message["Subject"] == "Berichtigung: Rivers – of Paper"
    assert taken.message["Content-Language"] == "de"
    assert "Zu einem Titel, den Sie haben, gibt es eine Berichtigung:" in taken.text
    assert "Ein Klick bestellt diese E-Mails ab:" in taken.text
    assert "Page 12: read 21." in taken.text
