"""A portal in which every page has something to show: titles at every wall, people, and what was done to both."""

from datetime import timedelta

import httpx2
from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.access import institutions
from api.access.institutions import House
from api.intake.searchable import put_titles, read_waiting
from api.notices import choice
from api.shelf.shelving import add_draft
from api.tables import (
    AccessRequest,
    Comment,
    CommentMark,
    CommentReport,
    CopyRequest,
    FairUseNote,
    Identity,
    Institution,
    Invitation,
    Librarian,
    Part,
    Role,
    RuleKind,
    Standing,
    State,
    Title,
    User,
)
from tests.cast import ADA, BEN, CLEO, issuer, make_editor, sign_in
from tests.make import Made, give_chapters, grant, new_edition, shelve
from tests.records import RICH
from tests.site import Site

RECORDS = b"""@book{a, title={Other Rivers}, editor={Ada Sample}, year=2024}
@book{b, title={Broken}, isbn={9781402894627}}
@book{c, title={Rivers of Paper}, editor={Ada Sample}, year=2025, doi={10.5555/gf.rivers}}
"""


def furnish(site: Site) -> str:
    """Ada is an administrator, Ben asks and is named, Cleo reads; where a dry run of an import can be seen."""
    made = shelve(site)
    give_chapters(site, made)
    new_edition(site, made, note="A plate was missing.")
    named = shelve(site, "listed", rules=[RuleKind.LISTED])
    grant(site, named, BEN)
    asked = shelve(site, "asked", rules=[RuleKind.ON_REQUEST])
    shelve(site, "coded", rules=[RuleKind.VOUCHER])
    shelve(site, "gone", state=State.WITHDRAWN)
    shelve(site, "later", opens_at=clock.now() + timedelta(days=9))
    shelve(site, "open", rules=[RuleKind.EVERYONE])
    shelve(site, "unfinished", file=None)
    shelve(site, "anhar", rules=[RuleKind.EVERYONE])
    with site.portal.database.writing() as db:
        _right_to_left(db)
        add_draft(db, RICH)
        institutions.add(db, House("example-university", "Example University", domains=["example.edu"]))
    put_titles(site.portal.database)
    read_waiting(site.portal.database, site.portal.store, lambda: False)
    ada = _staff(site)
    _people(site, made, asked)
    ada.post("/desk/titles/rivers-of-paper/notices", data={"kind": "erratum", "words": "Page 1.", "confirmed": "yes"})
    return str(ada.post("/desk/import", files={"file": ("a.bib", RECORDS)}).headers["location"])


def _right_to_left(db: Db) -> None:
    title = db.exec(select(Title).where(Title.slug == "anhar")).one()
    title.language, title.title, title.full_title = "ar", "أنهار من ورق", "أنهار من ورق – الأرشيف والدولة"
    title.standfirst = "كيف ينتقل الورق بين الناس"
    title.abstract = "ما تحمله *المحفوظات* وما تتركه.\n\nوما يبقى بعدها في 12 صفحة من PDF."


def _staff(site: Site) -> httpx2.Client:
    make_editor(site)
    with site.portal.database.writing() as db:
        db.exec(select(User).where(User.role == Role.EDITOR)).one().role = Role.ADMINISTRATOR
    ada = site.browser()
    sign_in(ada, ADA)
    return ada


def _people(site: Site, made: Made, asked: Made) -> None:
    for person in (BEN, CLEO):
        client = site.browser()
        sign_in(client, person)
        client.post(f"{made.path}/tickets")
    with site.portal.database.writing() as db:
        ids = {each.subject: each.user_id for each in db.exec(select(Identity)).all()}
        for person in (BEN, CLEO):
            choice.allow(db, ids[person], clock.now())
        db.add(Invitation(title_id=made.id, email="somebody@readers.example"))
        db.add(FairUseNote(day=clock.now().date(), user_id=ids[BEN], what="links", allowance=3, stage="slowed"))
        db.add(CopyRequest(title_id=made.id, user_id=ids[BEN], words="Large print"))
        db.add(
            AccessRequest(
                title_id=asked.id, user_id=ids[BEN], issuer=issuer(site), subject=BEN, sentence="I write on rivers."
            )
        )
        house = db.exec(select(Institution)).one()
        db.add(Librarian(institution_id=house.id or 0, issuer=issuer(site), subject=CLEO))
        _talk(db, made.id, ids[BEN], ids[CLEO])


def _talk(db: Db, title_id: int, ben: int, cleo: int) -> None:
    """Ben says something, which is reported, and Cleo answers; what Cleo says then waits for the press."""
    for thread, parent, who, standing, words in (
        (
            1,
            None,
            ben,
            Standing.SHOWN,
            "Page 12 *counts* the files twice.\n\n> What archives carry.\n\n- once\n- again",
        ),
        (1, 1, cleo, Standing.SHOWN, "They were moved in between, see [the list](https://archive.example/list)."),
        (3, None, cleo, Standing.WAITING, "And who wrote the second hand?"),
    ):
        waits = standing == Standing.WAITING or (thread == 1 and parent is None)
        said = Comment(
            title_id=title_id, thread_id=thread, parent_id=parent, user_id=who, text=words, standing=standing
        )
        said.needs_press = waits
        db.add(said)
        db.flush()
    db.add(CommentReport(comment_id=1, user_id=cleo, reason="other", words="It is about page 13."))
    db.add(CommentMark(title_id=title_id, user_id=ben, part=Part.AUTHOR))
