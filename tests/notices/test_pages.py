"""What readers do with notices in the browser, and the way out of mail that works without signing in."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.notices import announce, choice
from api.notices.announce import Announced
from api.notices.sending import post_office_of, send_due
from api.seal import Seal
from api.settings import Settings
from api.tables import Identity, NoticeKind, Title, User
from tests import make
from tests.cast import BEN, CLEO, sign_in
from tests.mailserver import MailServer
from tests.make import Made
from tests.site import Site, served

CLEO_AT = "cleo@example.org"


@pytest.fixture
def posted(settings: Settings, mail_server: MailServer) -> Iterator[Site]:
    """A portal with a mail server."""
    with served(settings.model_copy(update={"mail": mail_server.settings})) as site:
        yield site


def tell(site: Site, made: Made, words: str = "Page 12: read 21.") -> Announced:
    has_mail = site.portal.settings.mail.host is not None
    with site.portal.database.writing() as db:
        title = db.get_one(Title, made.id)
        return announce.announce(db, title, NoticeKind.ERRATUM, words, by=None, has_mail=has_mail, now=clock.now())


def holder(site: Site, made: Made, person: str = CLEO) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    assert client.get(client.get(made.pdf).headers["location"]).status_code == 200
    return client


def send(site: Site) -> int:
    office = post_office_of(site.portal.settings, site.portal.seal)
    assert office is not None
    return send_due(site.portal.database, office).sent


def test_a_notice_stands_on_the_page_and_is_marked_read(site: Site) -> None:
    made = make.shelve(site)
    cleo, ben = holder(site, made), site.browser()
    sign_in(ben, BEN)
    first = tell(site, made, "Page 12:\nread <b>21</b>.")
    page = cleo.get("/account").text
    assert "<p>Page 12:</p>\n<p>read &lt;b&gt;21&lt;/b&gt;.</p>" in page
    assert f'<a href="{made.path}">Rivers of Paper</a>' in page
    assert page.count('class="tag">New<') == 1
    assert "Page 12" not in ben.get("/account").text
    later = tell(site, made, "Page 13 is missing.")
    answer = cleo.post("/account/notices/seen", data={"up_to": first.notice_id})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#notices")
    page = cleo.get("/account").text
    assert page.count('class="tag">New<') == 1  # what came meanwhile was not shown yet
    assert page.index("Page 13") < page.index("Page 12:")
    cleo.post("/account/notices/seen", data={"up_to": later.notice_id})
    page = cleo.get("/account").text
    assert "Mark as read" not in page
    assert "Page 13" in page


def test_one_reader_does_not_mark_anothers(site: Site) -> None:
    made = make.shelve(site)
    cleo, ben = holder(site, made), holder(site, made, BEN)
    done = tell(site, made)
    ben.post("/account/notices/seen", data={"up_to": done.notice_id})
    assert "Mark as read" in cleo.get("/account").text
    assert "Mark as read" not in ben.get("/account").text


def test_a_number_that_is_none_is_refused(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for up_to in ("", "x", "0", "-1", str(2**63)):
        assert cleo.post("/account/notices/seen", data={"up_to": up_to}).status_code == 400


def test_without_a_mail_server_nothing_is_offered(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert "/account/mail" not in cleo.get("/account").text


def test_mail_is_asked_for_and_comes(posted: Site, mail_server: MailServer) -> None:
    made = make.shelve(posted)
    cleo = holder(posted, made)
    assert f"Notices can also come by e-mail, to {CLEO_AT}" in cleo.get("/account").text
    assert (tell(posted, made, "Unasked.").reach.by_mail, send(posted)) == (0, 0)
    answer = cleo.post("/account/mail", data={"notices": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#notices")
    assert f"to {CLEO_AT}" in cleo.get("/account").text
    tell(posted, made)
    assert send(posted) == 1
    assert mail_server.mailbox.recipients == [CLEO_AT]
    cleo.post("/account/mail", data={"notices": "no"})
    tell(posted, made, "Another.")
    assert send(posted) == 0


def test_only_yes_or_no_is_a_choice(posted: Site) -> None:
    cleo = posted.browser()
    sign_in(cleo, CLEO)
    for notices in ("", "maybe"):
        assert cleo.post("/account/mail", data={"notices": notices}).status_code == 400
    assert "Send them by e-mail too" in cleo.get("/account").text


def test_without_an_address_that_is_vouched_for_the_page_says_so(posted: Site) -> None:
    cleo = posted.browser()
    sign_in(cleo, CLEO)
    with posted.portal.database.writing() as db:
        db.exec(select(Identity)).one().email_verified = False
    page = cleo.get("/account").text
    assert "vouches for an e-mail address" in page
    assert "Send them by e-mail too" not in page


def way_out(mail_server: MailServer) -> str:
    """The path in the last mail's List-Unsubscribe."""
    address = mail_server.mailbox.taken[-1].message["List-Unsubscribe"].strip("<>")
    assert address in mail_server.mailbox.taken[-1].text
    return "/unsubscribe/" + address.rpartition("/")[2]


@pytest.fixture
def mailed(posted: Site) -> Site:
    """Cleo has got a mail."""
    made = make.shelve(posted)
    holder(posted, made).post("/account/mail", data={"notices": "yes"})
    tell(posted, made)
    assert send(posted) == 1
    return posted


def wants_mail(site: Site) -> bool:
    with site.portal.database.reading() as db:
        return choice.allowed_at(db, db.exec(select(User.id)).one() or 0) is not None


def test_one_click_ends_it_without_a_cookie_or_a_redirect(mailed: Site, mail_server: MailServer) -> None:
    path = way_out(mail_server)
    for _ in range(2):  # again is fine
        answer = mailed.program().post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert not wants_mail(mailed)


def test_looking_at_the_link_changes_nothing(mailed: Site, mail_server: MailServer) -> None:
    nobody = mailed.browser()
    page = nobody.get(way_out(mail_server))
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
    assert '<form class="acts" method="post">' in page.text
    assert not [each for each in ("Cleo", CLEO_AT) if each in page.text]
    assert wants_mail(mailed)
    done = nobody.post(way_out(mail_server))
    assert "You get no more mail from here" in done.text
    assert not wants_mail(mailed)


def test_a_bent_link_ends_nothing(mailed: Site, mail_server: MailServer) -> None:
    token, nobody = way_out(mail_server).rpartition("/")[2], mailed.browser()
    for bent in (f"9{token}", f"{token}x", f"x{token}", token[:20], "1-", "-", "99999999999999999999-1", f"٣-{token}"):
        for method in ("GET", "POST"):
            assert nobody.request(method, f"/unsubscribe/{bent}").status_code == 410, bent
    assert wants_mail(mailed)


def test_the_link_is_no_good_for_the_next_with_that_number(mailed: Site, mail_server: MailServer) -> None:
    """SQLite gives the number of an erased account to the next one."""
    with mailed.portal.database.writing() as db:
        user = db.exec(select(User)).one()
        number = user.id
        db.delete(user)
    with mailed.portal.database.writing() as db:
        db.add(User(id=number, name="Someone else"))
        db.flush()
        choice.allow(db, number or 0, clock.now())
    answer = mailed.browser().post(way_out(mail_server))
    assert answer.status_code == 410
    assert "This link ends nothing" in answer.text
    assert wants_mail(mailed)


def test_the_link_needs_the_portals_secret(mailed: Site, mail_server: MailServer) -> None:
    with mailed.portal.database.reading() as db:
        user = db.exec(select(User)).one()
    real = choice.way_out(mailed.portal.seal, mailed.url, user)
    assert real.endswith(way_out(mail_server))
    forged = choice.way_out(Seal("another secret"), mailed.url, user)
    assert mailed.browser().post(re.sub(r"^https?://[^/]+", "", forged)).status_code == 410
