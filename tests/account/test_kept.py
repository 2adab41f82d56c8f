"""What is kept and for how long: the page says it, and the sweep does it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from api import clock
from api.account.kept import KEPT, forget_old
from api.intake.pipeline import receive
from api.tables import Audit, Erasure, FairUseNote, Intake, OutgoingMail, SignIn, TypedDraft, User
from tests import make
from tests.cast import sign_in
from tests.site import Site

LENGTHS: list[tuple[type[SQLModel], str, timedelta]] = [
    (SignIn, "Sign-in log", timedelta(days=90)),
    (Audit, "Account changes", timedelta(days=730)),
    (OutgoingMail, "Mail to you", timedelta(days=90)),
    (FairUseNote, "How much you download", timedelta(days=30)),
    (Erasure, "Proof of deletion", timedelta(days=90)),
    (Intake, "Files you sent", timedelta(days=730)),
    (TypedDraft, "What you typed at the desk", timedelta(days=90)),
]


def test_the_page_says_it_all(site: Site) -> None:
    cleo = site.browser()
    sign_in(cleo, "cleo")
    page = cleo.get("/account").text
    for each in KEPT:
        assert f"<dt>{each.what}</dt><dd>{each.how_long}</dd>" in page


@pytest.mark.parametrize(("table", "what", "length"), LENGTHS)
def test_it_is_kept_so_long_and_no_longer(site: Site, table: type[SQLModel], what: str, length: timedelta) -> None:
    start = clock.now()
    with clock.frozen(start):
        report = make.shelve(site)
        cleo = site.browser()
        sign_in(cleo, "cleo")
        cleo.get(report.pdf)
        with site.portal.database.writing() as db:
            db.add(Audit(action="test", object="account"))
            user_id = db.exec(select(User.id)).one()
            db.add(OutgoingMail(user_id=user_id, key="notice 1", kind="notice"))
            db.add(FairUseNote(day=start.date(), what="links", allowance=1, stage="slowed"))
            db.add(Erasure(digest="x", erased_at=start))
            user_id = db.exec(select(User.id)).one()
            assert user_id is not None
            db.add(TypedDraft(user_id=user_id, place="new", fields={"title": "Rivers"}))
            sent = receive(db, staged_id="0" * 32, file_name="volume.pdf", size=1, title_id=report.id)
            sent.finished_at = start
    assert left(site, table, start + length - timedelta(seconds=1)) == 1
    assert left(site, table, start + length) == 0
    assert what in {each.what for each in KEPT}


def left(site: Site, table: type[SQLModel], at: Any) -> int:
    with site.portal.database.writing() as db:
        forget_old(db, at)
        return len(db.exec(select(table)).all())


def test_the_words_give_the_lengths() -> None:
    said = {each.what: each.how_long.replace("\u00a0", " ") for each in KEPT}
    assert said["Sign-in log"] == said["Proof of deletion"] == "90 days"
    assert said["Links you made"] == "30 days"
    assert said["Sessions"] == "7 days, or 12 hours unused"
    assert said["Account changes"] == said["Files you sent"] == "24 months"
