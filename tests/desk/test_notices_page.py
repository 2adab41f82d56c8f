"""Notices at the desk: whom they reach is said first, they are told once, in slices, and no address is on any page."""

from datetime import timedelta

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.desk import notices
from api.notices import announce, choice, outbox, spreading
from api.notices.spreading import BrokenOff
from api.settings import Settings
from api.settings_parts import MailSettings
from api.tables import (
    Edition,
    Holding,
    Identity,
    MailState,
    Notice,
    NoticeCopy,
    NoticeKind,
    OutgoingMail,
    State,
    User,
)
from tests.desk.conftest import editor_of
from tests.make import Made, new_edition, shelve
from tests.site import Site

PAGE = "/desk/titles/rivers-of-paper/notices"
WORDS = "Page 12: read 21 for 12."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mail": MailSettings(host="127.0.0.1", port=9, sender="press@press.example")})


def readers(site: Site, made: Made, count: int) -> list[int]:
    """So many hold the title; every second one wants mail."""
    ids = []
    with site.portal.database.writing() as db:
        edition = db.exec(select(Edition.id).where(Edition.title_id == made.id).order_by(Edition.number)).first()  # type: ignore[arg-type]
        for number in range(count):
            user = User(name=f"Reader {number}")
            email = f"r{number}@readers.example"
            user.identities.append(
                Identity(provider="demo", issuer="x", subject=f"r{number}", email=email, email_verified=True)
            )
            db.add(user)
            db.flush()
            assert user.id is not None
            assert edition is not None
            db.add(Holding(user_id=user.id, edition_id=edition))
            if number % 2:
                choice.allow(db, user.id, clock.now())
            ids.append(user.id)
    return ids


def told(site: Site) -> list[int]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(NoticeCopy.user_id).order_by(NoticeCopy.user_id)).all())  # type: ignore[arg-type]


def mailed(site: Site) -> list[int]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(OutgoingMail.user_id).order_by(OutgoingMail.user_id)).all())  # type: ignore[arg-type]


def test_reach_is_said_first_and_then_all_are_told_once(site: Site, editor: httpx2.Client) -> None:
    ids = readers(site, shelve(site), 3)
    page = editor.post(PAGE, data={"kind": "erratum", "words": WORDS})
    assert page.status_code == 200
    assert "3 readers hold it; 1 asked for mail." in page.text
    assert WORDS in page.text
    assert told(site) == []
    for _ in range(2):
        answer = editor.post(PAGE, data={"kind": "erratum", "words": WORDS, "confirmed": "yes"})
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert (told(site), mailed(site)) == (ids, [ids[1]])
    page = editor.get(PAGE)
    assert "Told: 3 readers; 0 have seen it. By mail: 1, 0 sent, 1 waiting." in page.text
    assert "Under way" not in page.text
    assert "readers.example" not in page.text


def test_a_new_edition_is_told_to_those_without_it(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site)
    readers(site, made, 1)
    data = {"kind": "new-edition", "words": ""}
    answer = editor.post(PAGE, data=data)
    assert answer.status_code == 409
    assert "has no second edition yet" in answer.text
    new_edition(site, made)
    assert "1 reader holds it in an earlier edition" in editor.post(PAGE, data=data).text
    assert editor.post(PAGE, data=data | {"confirmed": "yes"}).status_code == 303
    assert len(told(site)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "erratum", "words": "  "}, "Say what is wrong"),
        ({"kind": "erratum", "words": "x" * 2001}, "these are 2001"),
        ({"kind": "other", "words": "x"}, "Choose what it is."),
        ({}, "Choose what it is."),
    ],
)
def test_words_that_do_not_do_are_refused_and_kept(
    site: Site, editor: httpx2.Client, data: dict[str, str], words: str
) -> None:
    shelve(site)
    for confirmed in ({}, {"confirmed": "yes"}):
        answer = editor.post(PAGE, data=data | confirmed)
        assert answer.status_code == 422
        assert words in answer.text
    if len(data.get("words", "").strip()) > 1:
        assert data["words"] in answer.text


def test_counting_who_was_told_stops_somewhere(
    site: Site, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (announce, notices):
        monkeypatch.setattr(module, "COUNTED", 2)
    readers(site, shelve(site), 3)
    editor.post(PAGE, data={"kind": "erratum", "words": WORDS, "confirmed": "yes"})
    page = editor.get(PAGE).text
    assert "Told: more than 2 readers; 0 have seen it. By mail: 1, 0 sent" in page


def test_of_a_draft_nobody_can_be_told(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    assert "Nobody holds a draft." in editor.get(PAGE).text
    assert editor.post(PAGE, data={"kind": "erratum", "words": WORDS, "confirmed": "yes"}).status_code == 409
    assert told(site) == []


def test_many_are_told_in_slices_and_what_breaks_off_goes_on(
    site: Site, editor: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "SLICE", 2)
    ids = readers(site, shelve(site), 7)
    editor.post(PAGE, data={"kind": "erratum", "words": WORDS, "confirmed": "yes"})
    assert told(site) == ids[:2]
    assert "Under way" in editor.get(PAGE).text
    database = site.portal.database
    stops = iter((False, False, True))
    with pytest.raises(BrokenOff):
        spreading.spread_all(database, None, has_mail=True, must_stop=lambda: next(stops))
    assert told(site) == ids[:6]
    assert spreading.spread_all(database, None, has_mail=True, must_stop=lambda: False) == 1
    assert (told(site), mailed(site)) == (ids, ids[1::2])
    assert spreading.spread_all(database, None, has_mail=True, must_stop=lambda: False) == 0
    assert "Under way" not in editor.get(PAGE).text


def test_what_is_settled_is_not_looked_at_again(site: Site) -> None:
    made = shelve(site)
    readers(site, made, 1)
    now = clock.now()
    with site.portal.database.writing() as db:
        db.add(Notice(key="k", title_id=made.id, kind=NoticeKind.ERRATUM, words="x", made_at=now - timedelta(hours=1)))
    database = site.portal.database
    assert spreading.spread_all(database, now, has_mail=False, must_stop=lambda: False) == 0
    assert spreading.spread_all(database, None, has_mail=False, must_stop=lambda: False) == 1
    assert mailed(site) == []


def test_the_desk_lists_mail_by_account_and_never_by_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = editor_of(site)
    assert "No mail" in editor.get("/desk/outbox").text
    ids = readers(site, shelve(site), 5)
    editor.post(PAGE, data={"kind": "erratum", "words": WORDS, "confirmed": "yes"})
    with site.portal.database.writing() as db:
        mail = db.exec(select(OutgoingMail).where(OutgoingMail.user_id == ids[1])).one()
        outbox.settle_given_up(db, mail, "The server says no such mailbox.")
    page = editor.get("/desk/outbox").text
    for words in (f">{ids[1]}<", f">{ids[3]}<", "The server says no such mailbox.", "Given up"):
        assert words in page
    assert "readers.example" not in page
    only = editor.get("/desk/outbox?state=given-up").text
    assert f">{ids[1]}<" in only
    assert f">{ids[3]}<" not in only
    assert editor.get("/desk/outbox?state=other").status_code == 404
    monkeypatch.setattr("api.desk.outbox.LEAF", 1)
    first = editor.get("/desk/outbox").text
    last = first.partition("before=")[2].partition('"')[0]
    assert f">{ids[1]}<" in editor.get(f"/desk/outbox?before={last}").text


def test_counting_mail_stops_somewhere(site: Site) -> None:
    ids = readers(site, shelve(site), 3)
    with site.portal.database.writing() as db:
        for user_id in ids:
            db.add(OutgoingMail(user_id=user_id, key="k", kind="notice"))
    with site.portal.database.reading() as db:
        assert outbox.counts_up_to(db, 1) == {state: 2 if state == MailState.WAITING else 0 for state in MailState}
