"""When a stamped copy can't be made, or its maker dies: refused in words, and nothing left that no one has."""

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.delivery import stamper
from api.delivery.stamper import stamper_of
from api.delivery.tickets import forget_ended
from api.settings import Settings
from api.shelf.holdings import remove
from api.tables import Edition, Holding, StampedCopy, Ticket, User
from tests.delivery.test_stamped_copies import copies, first_page, in_store, signed_in, stamped_title
from tests.site import Site, served

JSON = {"accept": "application/json"}


def test_what_can_not_be_stamped_is_refused_in_words(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    made = stamped_title(site, file=b"%PDF-1.7, and nothing that a page could be found in")
    cleo = signed_in(site)
    for answer in (cleo.get(made.pdf), cleo.post(f"{made.path}/tickets")):
        assert answer.status_code == 503
        assert "Your copy could not be made" in answer.text
        assert made.path in answer.text
        assert answer.headers["retry-after"] == "10"
    assert "could not be stamped title=rivers-of-paper" in caplog.text
    assert "Cleo" not in caplog.text
    with site.portal.database.reading() as db:
        assert db.exec(select(Ticket)).all() == []
    assert len(in_store(site)) == 1
    assert copies(site)[0].claimed_until is None


def test_too_many_at_once_are_asked_to_come_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamper, "WAITING", 0)
    with served(settings) as site:
        made = stamped_title(site)
        answer = signed_in(site).get(made.pdf)
        assert answer.status_code == 503
        assert "Your copy is not ready yet" in answer.text


def test_a_claim_whose_maker_died_is_taken_over(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    with site.portal.database.writing() as db:
        edition, user = db.exec(select(Edition)).one(), db.exec(select(User)).one()
        sha256 = hashlib.sha256(made.file or b"").hexdigest()
        db.add(
            StampedCopy(
                user_id=user.id,
                edition_id=edition.id,
                source_sha256=sha256,
                number="DEAD-DEAD",
                claimed_until=clock.now() - timedelta(seconds=1),
            )
        )
    assert "DEAD-DEAD" in first_page(cleo.get(cleo.get(made.pdf).headers["location"]).content)


def test_an_object_that_no_one_has_is_never_left(site: Site) -> None:
    """Unused copies leave the store and come back the same, byte for byte; a removed title's go for good."""
    made = stamped_title(site)
    cleo = signed_in(site)
    before = cleo.get(cleo.get(made.pdf).headers["location"]).content
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert stamper_of(site.portal).sweep() == (0, 0)  # its link is remembered
        with site.portal.database.writing() as db:
            forget_ended(db, clock.now())
        assert stamper_of(site.portal).sweep() == (0, 1)
        assert stamper_of(site.portal).sweep() == (0, 0)
        assert len(in_store(site)) == 1
        (copy,) = copies(site)
        assert (copy.sha256, copy.stored_at) == (None, None)
        assert cleo.get(cleo.get(made.pdf).headers["location"]).content == before
    with clock.frozen(clock.now() + timedelta(hours=4)):
        with site.portal.database.writing() as db:
            forget_ended(db, clock.now())
            holding = db.exec(select(Holding)).one()
            remove(db, holding.user_id, made.id)
        assert stamper_of(site.portal).sweep() == (1, 0)
    assert copies(site) == []
    assert len(in_store(site)) == 1


def test_an_account_erased_while_its_copy_is_made_leaves_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    real = stamper.stamp

    def erased_meanwhile(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        with site.portal.database.writing() as db:
            db.connection().execute(sa.delete(User))

    monkeypatch.setattr(stamper, "stamp", erased_meanwhile)
    assert cleo.get(made.pdf).status_code == 503
    assert stamper_of(site.portal).destroy_forsaken() == 1
    assert copies(site) == []
    assert len(in_store(site)) == 1
