"""What people have done before the pictures are taken: they have read, talked, asked, been told and been counted."""

import random
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.demo.shelve import HOUSE
from api.notices import choice
from api.signin.devpeople import EXAMPLE_SIGN_IN, EXAMPLE_UNIVERSITY
from api.tables import (
    AccessRequest,
    Answer,
    Comment,
    CommentMark,
    CommentReport,
    CopyRequest,
    DaySum,
    FairUseNote,
    Identity,
    Institution,
    Invitation,
    Librarian,
    Part,
    Role,
    Standing,
    Title,
    UsageDay,
    UsageMonth,
    UsageSum,
    User,
)
from api.usage import days
from api.usage.counting import Counts
from api.usage.daily import ALL_TITLES, By, Figures
from api.usage.months import Month
from tests.cast import ADA, BEN, CLEO, pick_person, sign_in
from tests.journeys.furnished import RECORDS
from tests.site import Site

FOUNDING, KNOCK = "russia-china-relations", "a-knock-at-the-door"
ELI = "u-1931"  # at the demo's other provider
DAYS = 90
SEARCH_SITES = ("scholar.example", "www.library.example", "news.example", "")
TALK = (  # thread, the comment it answers, who, standing, how long ago, words
    (
        *(1, None, BEN, Standing.SHOWN, timedelta(days=3, hours=4)),
        "The chapter on the Arctic counts *joint exercises* by year. Does it say which ports they left from?\n\n"
        "> A particular focus of this volume lies on defense-industrial and military-strategic aspects\n\n"
        "I look for two things:\n\n- the routes\n- the dates",
    ),
    (
        *(1, 1, CLEO, Standing.SHOWN, timedelta(days=2, hours=21)),
        "The dates are in [this list](https://archive.example/list); the routes I could not find either.",
    ),
    (
        *(3, None, ADA, Standing.SHOWN, timedelta(days=1)),
        "Reviews of the volume are collected here as they appear. Corrections to single pages are welcome.",
    ),
    (
        *(4, None, CLEO, Standing.SHOWN, timedelta(minutes=2)),
        "Is there a list of the archives that the authors have worked in?",
    ),
    (*(5, None, ELI, Standing.WAITING, timedelta(hours=5)), "And who translated the interviews?"),
)


def live(site: Site) -> str:
    """Where the dry run of an import can be seen that Ada has sent."""
    ada, ben, cleo = (site.browser() for _ in range(3))
    for client, person in ((ada, ADA), (ben, BEN), (cleo, CLEO)):
        sign_in(client, person)
    _from_campus(site)
    with site.portal.database.writing() as db:
        db.exec(select(User).where(User.role == Role.EDITOR)).one().role = Role.ADMINISTRATOR
    for client, slug in ((ben, f"books/edited/{FOUNDING}"), (cleo, f"books/edited/{FOUNDING}"), (ben, "reports/anhar")):
        client.post(f"/{slug}/tickets")
    cleo.post(f"/books/edited/{FOUNDING}/read/page", data={"page": "24", "label": "24"})
    cleo.post("/account/keys", data={"name": "My e-reader", "days": "90", "purpose": "e-reader"})
    with site.portal.database.writing() as db:
        ids = {each.subject: each.user_id for each in db.exec(select(Identity)).all()}
        titles = {each.slug: each.id or 0 for each in db.exec(select(Title)).all()}
        _asked(db, site, ids, titles)
        _talked(db, ids, titles[FOUNDING])
        _counted(db, titles)
    ada.post(f"/desk/titles/{FOUNDING}/access/vouchers", data={"uses": "30", "until": "2027-06-30"})
    told = {"kind": "erratum", "words": "Page 57: read 2014 for 2015.", "confirmed": "yes"}
    ada.post(f"/desk/titles/{FOUNDING}/notices", data=told)
    return str(ada.post("/desk/import", files={"file": ("records.bib", RECORDS)}).headers["location"])


def _from_campus(site: Site) -> None:
    eli = site.browser()
    started = eli.post(f"/sign-in/{EXAMPLE_UNIVERSITY.provider_id}", data={"next": "/"})
    eli.get(pick_person(eli, started.headers["location"], ELI).headers["location"])


def _asked(db: Db, site: Site, ids: dict[str, int], titles: dict[str, int]) -> None:
    """Eli waits for an answer, Cleo has got one that she did not hope for; both want a copy in another form."""
    url, now = site.portal.settings.public_url, clock.now()
    asks = {"sentence": "I am writing my thesis on doors in the early modern city, and need the second chapter."}
    campus, demo = EXAMPLE_UNIVERSITY.issuer(url), EXAMPLE_SIGN_IN.issuer(url)
    db.add(AccessRequest(title_id=titles[KNOCK], user_id=ids[ELI], issuer=campus, subject=ELI, **asks))
    said = {"answer": Answer.REFUSED, "decided_at": now - timedelta(days=1), "asked_at": now - timedelta(days=2)}
    second = AccessRequest(title_id=titles["a-second-knock"], user_id=ids[CLEO], issuer=demo, subject=CLEO, **asks)
    for name, value in said.items():
        setattr(second, name, value)
    db.add(second)
    for person, words in ((ELI, "Large print, 18 points or more."), (CLEO, "A version that my screen reader reads.")):
        db.add(CopyRequest(title_id=titles[FOUNDING], user_id=ids[person], words=words))
    for person in (BEN, CLEO):
        choice.allow(db, ids[person], now)
    db.add(Invitation(title_id=titles["the-named-reader"], email="somebody@readers.example"))
    db.add(FairUseNote(day=now.date(), user_id=ids[BEN], what="links", allowance=100, stage="slowed"))
    house = db.exec(select(Institution)).one()
    db.add(Librarian(institution_id=house.id or 0, issuer=demo, subject=BEN))


def _talked(db: Db, ids: dict[str, int], title_id: int) -> None:
    for thread, parent, who, standing, ago, words in TALK:
        said = Comment(
            title_id=title_id,
            thread_id=thread,
            parent_id=parent,
            user_id=ids[who],
            text=words,
            standing=standing,
            posted_at=clock.now() - ago,
        )
        said.needs_press = standing == Standing.WAITING or parent is not None
        db.add(said)
        db.flush()
    db.add(CommentReport(comment_id=2, user_id=ids[ELI], reason="other", words="The link leads nowhere."))
    db.add(CommentMark(title_id=title_id, user_id=ids[ADA], part=Part.EDITOR))


def _counted(db: Db, titles: dict[str, int]) -> None:
    """A quarter of days up to yesterday, as many people on each as a small press has, the same in every run."""
    chance, today = random.Random(7), clock.now().date()
    rows = []
    for ago in range(1, DAYS + 1):
        day = today - timedelta(days=ago)
        busy = 0.5 if day.weekday() > 4 else 1.0
        sums = dict.fromkeys(Figures.NAMES, 0)
        for slug, share in ((FOUNDING, 60), ("an-open-door", 35), ("the-named-reader", 12), (KNOCK, 8)):
            figures = _figures(chance, share * busy * (1.4 - ago / DAYS))
            rows.append(_row(titles[slug], By.NOTHING, "", day, figures))
            sums = {name: sums[name] + figures[name] for name in sums}
        rows.append(_row(ALL_TITLES, By.NOTHING, "", day, sums))
        for by, values in ((By.PROVIDER, ("demo", "demo-campus")), (By.REFERRER, SEARCH_SITES)):
            for place, value in enumerate(values, start=2):
                part = {name: number // place for name, number in sums.items()}
                rows += [_row(each, by, value, day, part) for each in (ALL_TITLES, titles[FOUNDING])]
        of_house = {name: number // 4 for name, number in sums.items()}
        rows.append(_row(ALL_TITLES, By.INSTITUTION, HOUSE.slug, day, of_house))
        db.add(UsageDay(day=day, counted_at=clock.now(), is_over=True))
    db.connection().execute(sa.insert(DaySum), rows)
    for period in (30, 90):
        days._rank(db, period, today)
    month = Month(today.year, today.month)
    for _ in range(3):
        month = month.before
        db.add(UsageMonth(month=str(month), closed_at=month.ends_at, events=0, robots=""))
        for slug, share in ((FOUNDING, 31), ("an-open-door", 12)):
            db.add(_of_library(titles[slug], str(month), share + month.number))


def _figures(chance: random.Random, many: float) -> dict[str, int]:
    viewers = int(many * chance.uniform(0.7, 1.3))
    shares = {"starters": 0.4, "arrivals": 0.36, "readers": 0.33, "reads": 0.25, "downloads": 0.22}
    return {"viewers": viewers, **{name: int(viewers * share) for name, share in shares.items()}}


def _of_library(title_id: int, month: str, seen: int) -> UsageSum:
    """A title's use by one institution in a month; each reader opens it and then looks again."""
    counts = dict.fromkeys(Counts.METRICS, seen) | {"total_item_investigations": 2 * seen, "no_license": 0}
    what = {"chapter_id": 0, "data_type": "Book", "access_type": "Controlled", "access_method": "Regular"}
    return UsageSum(institution=HOUSE.slug, month=month, title_id=title_id, yop="2022", **what, **counts)


def _row(title_id: int, by: By, value: str, day: date, figures: dict[str, int]) -> dict[str, object]:
    return {"title_id": title_id, "by": by, "value": value, "day": day, **figures}
