"""Closing an account: typed out, seven days to undo, then nothing of the person is left anywhere."""

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlmodel import select

from api import clock
from api.access import keys
from api.access.rules import give_grant
from api.account.closure import finish_closures, replay_erasures
from api.database import Database
from api.delivery.stamper import stamper_of
from api.notices.announce import announce
from api.shelf.shelving import set_stamped
from api.tables import (
    Audit,
    Erasure,
    Grant,
    Identity,
    Invitation,
    MailChoice,
    Notice,
    NoticeCopy,
    NoticeKind,
    OutgoingMail,
    Role,
    RuleKind,
    Session,
    StampedCopy,
    Title,
    TypedDraft,
    User,
    metadata,
)
from tests import make
from tests.account.moves import connect, identities, in_future, sign_in_there, users
from tests.cast import sign_in
from tests.signin.hostile import Hostile
from tests.site import Site

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0; build/8675309) Gecko/20100101 Firefox/140.0"
CANARY = ("Canaria Zwitscher", "canaria@zwitscher.example", "canary-subject-4711", "8675309")


def finish(site: Site, now: timedelta) -> int:
    with site.portal.database.writing() as db:
        count = finish_closures(db, site.portal.seal, clock.now() + now)
    stamper_of(site.portal).destroy_forsaken()
    return count


def test_seven_days_then_it_is_gone(site: Site) -> None:
    cleo, elsewhere = site.browser(), site.browser()
    sign_in(cleo, "cleo")
    sign_in(elsewhere, "cleo")
    answer = cleo.post("/account/closure", data={"confirm": "delete "})
    assert answer.status_code == 200
    assert "deleted on" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "gatefold" not in cleo.cookies
    assert elsewhere.get("/account").status_code == 303
    assert finish(site, timedelta(days=7, minutes=-1)) == 0
    assert len(users(site)) == 1
    assert finish(site, timedelta(days=7, minutes=1)) == 1
    assert finish(site, timedelta(days=7, minutes=1)) == 0
    assert (users(site), identities(site)) == ([], {})


def test_signing_in_meanwhile_offers_to_undo_it(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    cleo.post("/account/closure", data={"confirm": "DELETE"})
    back = sign_in(cleo, "cleo", f"{report.path}?get=pdf")
    assert back.headers["location"] == "/account/closure?next=%2Freports%2Frivers-of-paper%3Fget%3Dpdf"
    page = cleo.get(back.headers["location"])
    assert "Keep your account?" in page.text
    assert cleo.get("/account").headers["location"] == "/account/closure"
    kept = cleo.post("/account/reopening", data={"next": f"{report.path}?get=pdf"})
    assert (kept.status_code, kept.headers["location"]) == (303, f"{report.path}?get=pdf")
    assert cleo.get("/account").status_code == 200
    assert cleo.get("/account/closure").status_code == 303
    assert finish(site, timedelta(days=30)) == 0
    with site.portal.database.reading() as db:
        assert [act.action for act in db.exec(select(Audit).order_by(Audit.id))] == [
            "account-closed",
            "account-reopened",
        ]


def test_keeping_leads_nowhere_else(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    assert cleo.post("/account/reopening", data={"next": "https://evil.example"}).headers["location"] == "/"


def test_links_end_with_the_closing(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    link = cleo.get(report.pdf).headers["location"]
    cleo.post("/account/closure", data={"confirm": "DELETE"})
    assert site.program().get(link).status_code == 404


@pytest.mark.parametrize("text", ["", "yes", "DELETE ME", "CLOSE"])
def test_without_the_word_nothing_happens(site: Site, text: str) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    answer = cleo.post("/account/closure", data={"confirm": text})
    assert (answer.status_code, "Nothing was deleted" in answer.text) == (400, True)
    assert cleo.get("/account").status_code == 200
    assert users(site)[0].closing_at is None


def test_it_needs_a_fresh_sign_in(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    with in_future(minutes=15):
        answer = cleo.post("/account/closure", data={"confirm": "DELETE"})
    assert answer.headers["location"] == "/account/sign-in-again?next=%2Faccount%23delete"
    assert users(site)[0].closing_at is None


def test_the_last_administrator_stays(site: Site) -> None:
    cleo, ben = site.browser(), site.browser()
    sign_in(cleo, "cleo")
    sign_in(ben, "ben")
    with site.portal.database.writing() as db:
        for user in db.exec(select(User)):
            user.role = Role.ADMINISTRATOR
    assert cleo.post("/account/closure", data={"confirm": "DELETE"}).status_code == 200
    answer = ben.post("/account/closure", data={"confirm": "DELETE"})
    assert (answer.status_code, "last administrator" in answer.text) == (409, True)
    assert ben.get("/account").status_code == 200


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog


def rows_with(words: tuple[str, ...], site: Site) -> list[str]:
    """Which of `words` are in any row of any table."""
    with site.portal.database.reading() as db:
        rows = [str(row) for table in metadata.sorted_tables for row in db.connection().execute(sa.select(table))]
    return [word for word in words if any(word in row for row in rows)]


def comes_and_reads(site: Site, hostile: Hostile) -> httpx2.Client:
    """The canary leaves as much behind as a reader can: identities, a grant, an invitation,
    a request, links, a holding, a stamped copy, logs, a notice seen, a mail, what was typed."""
    name, email, subject, _ = CANARY
    report = make.shelve(site, rules=[RuleKind.LISTED, RuleKind.SIGNED_IN])
    other = make.shelve(site, "by-request", rules=[RuleKind.ON_REQUEST])
    with site.portal.database.writing() as db:
        give_grant(db, report.id, hostile.issuer, subject)
        set_stamped(db, "rivers-of-paper", True)
    canary = site.browser()
    canary.headers["user-agent"] = AGENT
    sign_in(canary, "cleo")
    connect(canary, hostile, subject)
    sign_in_there(canary, hostile, subject, name=name, email=email, email_verified=True)
    with site.portal.database.writing() as db:
        db.add(Invitation(title_id=report.id, email=email))
        user_id = db.exec(select(Identity.user_id).where(Identity.subject == subject)).one()
        db.add(TypedDraft(user_id=user_id, place="new", fields={"contributors": [{"name": name}]}))
    asked = canary.post(f"{other.path}/requests", data={"sentence": f"I am {name}."})
    assert asked.status_code == 303, asked.text
    canary.get(canary.get(report.pdf).headers["location"])
    canary.post("/account/mail", data={"notices": "yes"})
    with site.portal.database.writing() as db:
        title = db.get_one(Title, report.id)
        told = announce(db, title, NoticeKind.ERRATUM, "Page 12.", by=None, has_mail=True, now=clock.now())
    assert told.reach.by_mail == 1
    canary.post("/account/notices/seen", data={"up_to": told.notice_id})
    return canary


def test_no_row_of_the_canary_is_left(guarded: Site, hostile: Hostile) -> None:
    canary = comes_and_reads(guarded, hostile)
    assert rows_with(CANARY, guarded) == list(CANARY[:3])
    assert canary.post("/account/closure", data={"confirm": "DELETE"}).status_code == 200
    assert finish(guarded, timedelta(days=8)) == 1
    assert rows_with(CANARY, guarded) == []
    with guarded.portal.database.reading() as db:
        for table in (NoticeCopy, OutgoingMail, MailChoice):
            assert db.exec(select(table)).all() == []
        assert db.exec(select(Notice)).one().words == "Page 12."
        assert db.exec(select(StampedCopy)).all() == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # it reads the database's own files
def test_nothing_of_the_canary_is_left(
    guarded: Site, hostile: Hostile, tmp_path: Path, all_logs: pytest.LogCaptureFixture
) -> None:
    """Seen everywhere first, so that the search is known to find it; then nowhere."""
    subject = CANARY[2]
    canary = comes_and_reads(guarded, hostile)
    sign_in(guarded.browser(), "ben")
    with guarded.portal.database.reading() as db:
        copy = db.exec(select(StampedCopy.sha256)).one()
    assert copy is not None
    assert list(tmp_path.rglob(copy)) != []  # the name is in it as numbers of glyphs, so it is looked for by its key
    assert [each in canary.get("/account/export.json").text for each in CANARY] == [True, True, True, False]
    assert canary.post("/account/closure", data={"confirm": "DELETE"}).status_code == 200
    backup = backed_up(guarded, tmp_path / "backup.db")
    assert [each.encode() in backup.read_bytes() for each in CANARY] == [True, True, True, False]

    with clock.frozen(clock.now() + timedelta(days=8)):
        assert finish(guarded, timedelta()) == 1
        assert left_of(CANARY, guarded, tmp_path) == []
        assert list(tmp_path.rglob(copy)) == []
        assert not any(each in all_logs.text for each in CANARY)
        assert [user.name for user in users(guarded)] == ["Ben Example"]
        restored = Database(f"sqlite:///{backup}")
        with guarded.portal.database.reading() as db:
            ledger = [(line.digest, line.erased_at) for line in db.exec(select(Erasure))]
        assert len(ledger) == 2
        with restored.writing() as db:
            assert replay_erasures(db, guarded.portal.seal, ledger, clock.now()) == 1
        folded(restored)
        restored.close()
        assert not any(each.encode() in backup.read_bytes() for each in CANARY)

        sign_in_there(canary, hostile, subject)
        again = canary.get("/account/export.json").json()
        assert (again["lists"], again["titles"], again["links"]) == ([], [], [])
        with guarded.portal.database.reading() as db:
            grant = db.exec(select(Grant)).one()
            assert (grant.issuer, grant.subject) == ("erased", str(grant.id))
        with guarded.portal.database.writing() as db:
            assert replay_erasures(db, guarded.portal.seal, ledger, clock.now()) == 0  # who came back stays
        assert "hostile:canary-subject-4711" in identities(guarded)


def folded(database: Database) -> None:
    """Fold the write-ahead log into the file, as a checkpoint does sooner or later."""
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.rollback()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def backed_up(site: Site, path: Path) -> Path:
    folded(site.portal.database)
    shutil.copyfile(str(make_url(site.portal.database.url).database), path)
    return path


def left_of(words: tuple[str, ...], site: Site, folder: Path) -> list[tuple[str, str]]:
    """Which of `words` are in the database's own files or in the store's, and where."""
    folded(site.portal.database)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "backup.db"]
    assert any(path.name == "gatefold.db" for path in files)
    return [(word, path.name) for path in files for word in words if word.encode() in path.read_bytes()]


def test_an_erased_actor_is_no_later_users(site: Site) -> None:
    """SQLite gives the number of an erased user to the next one; what is written of the old must not follow."""
    cleo = site.browser()
    sign_in(cleo, "cleo")
    cleo.post("/account/closure", data={"confirm": "DELETE"})
    assert finish(site, timedelta(days=8)) == 1
    sign_in(cleo, "ben")
    assert cleo.get("/account/export.json").json()["acts"] == []
    with site.portal.database.reading() as db:
        assert [(act.actor_user_id, act.user_id) for act in db.exec(select(Audit))] == [(None, None), (None, None)]
        assert len(db.exec(select(Session)).all()) == 1
        assert len(db.exec(select(Identity)).all()) == 1


def test_closing_ends_the_access_keys_too(site: Site) -> None:
    made = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    with site.portal.database.writing() as db:
        user_id = db.exec(select(User.id)).one()
        assert user_id is not None
        key = keys.make(db, site.portal.seal, user_id, "laptop", 30, clock.now()).secret
    program = site.program()
    bearer = {"authorization": f"Bearer {key}"}
    assert program.head(made.pdf, headers=bearer).status_code == 200
    cleo.post("/account/closure", data={"confirm": "DELETE"})
    assert program.head(made.pdf, headers=bearer).status_code == 401
