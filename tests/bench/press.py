"""A press with so many titles and readers, and all that comes with them: what its desk has to find its way through."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.database import Database
from api.migrations import upgrade
from api.seal import Seal, new_secret
from api.settings import Settings
from api.signin import sessions
from api.tables import (
    AccessRequest,
    Answer,
    Audit,
    Chapter,
    Contributor,
    DaySum,
    Edition,
    FairUseNote,
    File,
    Grant,
    Holding,
    Identity,
    Institution,
    Intake,
    IntakeState,
    Invitation,
    MostUsed,
    Notice,
    NoticeCopy,
    OutgoingMail,
    RecordChange,
    Redemption,
    Rule,
    Session,
    Ticket,
    Title,
    TitleEvent,
    User,
    Voucher,
)
from api.tables.people import key_of_address, key_of_name
from api.usage.daily import ALL_TITLES, Figures
from api.usage.periods import PERIODS

ISSUER = "https://id.example.org"
CHAPTERS = 10  # of each title
ACTS = 3  # of the audit log, for each title and each reader
OPEN = 50  # requests that wait for an answer
INSTITUTIONS, STAFF = 20, 5  # whatever the size of the shelf
GIVEN = "Ana Anton Bela Carla Dmitri Elena Farid Greta Hana Ivo Jana Karim Lena Mei Nils Olga Pavel Rosa Sami Tara"
FAMILY = "Adler Brandt Costa Dunn Eriksen Fuchs Gomez Hale Ito Jansen Kim Lund Moreau Novak Okoye Petrov Quist Rossi"
ONE = [("", "")]  # use of everybody's, and no breakdown
TITLE = "title-1"  # the one whose pages are asked for: every reader holds it and is named, and has asked for it
BOOK, STAFFED = 1, STAFF + 1  # its id; the id of the first who is a mere reader


def stock(settings: Settings, titles: int, readers: int) -> str:
    """Fill a fresh database in a few strokes for each table; the cookie of an administrator who is signed in."""
    database = Database(settings.database_url)
    seal = Seal(settings.secret_key.get_secret_value())
    upgrade(database)
    now = clock.now()
    with database.writing() as db:
        _people(db, readers, now)
        _titles(db, titles, now)
        _reading(db, titles, now)
        _desk(db, titles, readers, now)
        _use(db, titles, now)
    with database.writing() as db:
        cookie = sessions.begin(db, seal, db.get_one(Identity, 1))
    database.close()
    return f"gatefold={cookie}"


def _put(db: Db, table: Any, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(sa.insert(table), rows)


def _put_for(db: Db, table: Any, found: Any, **values: Any) -> None:
    """One row for each that is found; what is no column is the same in all of them."""
    kinds, is_there = table.__table__.c, (sa.ColumnElement, QueryableAttribute)
    columns = [
        value if isinstance(value, is_there) else sa.literal(value, kinds[name].type) for name, value in values.items()
    ]
    db.connection().execute(sa.insert(table).from_select(list(values), found.with_only_columns(*columns)))


def _people(db: Db, readers: int, now: datetime) -> None:
    given, family = GIVEN.split(), FAMILY.split()
    users, identities = [], []
    for i in range(1, readers + STAFF + 1):
        name = f"{given[i % len(given)]} {family[i // len(given) % len(family)]}"
        role = "reader" if i > STAFF else "administrator" if i == 1 else "editor"
        users.append(
            {"id": i, "name": name, "role": role, "name_key": key_of_name(name),
             "last_name_key": key_of_name(name.rpartition(" ")[2]), "created_at": now - timedelta(minutes=readers - i)}
        )  # fmt: skip
        email = f"reader{i}@{'press' if i % 3 else 'library'}.example"
        identities.append(
            {"id": i, "user_id": i, "provider": "bench", "issuer": ISSUER, "subject": f"s{i}", "email": email,
             "email_verified": True, "email_key": key_of_address(email), "created_at": now}
        )  # fmt: skip
    _put(db, User, users)
    _put(db, Identity, identities)


def _titles(db: Db, titles: int, now: datetime) -> None:
    """The founding title is the newest; of ten titles one is a draft and one is withdrawn."""
    words = "What the archive keeps, and what it lets go. " * 20
    ids = range(BOOK, titles + 1)
    stored = File(sha256="0" * 64, size=2_000_000, page_count=300)
    db.add(stored)
    db.flush()
    _put(
        db,
        Title,
        [
            {"id": i, "slug": f"title-{i}", "kind": "report", "title": f"Title {i}",
             "state": "draft" if i % 10 == 0 else "withdrawn" if i % 10 == 9 else "published",
             "full_title": f"Title {i}: What the Archive Keeps", "abstract": words,
             "posted_at": now - timedelta(hours=i), "created_at": now - timedelta(hours=i), "language": "en",
             "doi": f"10.5555/title.{i}",
             "doi_is_ours": False, "isbn": None, "published": "2026"}
            for i in ids
        ],
    )  # fmt: skip
    author = {"position": 1, "role": "author", "is_organisation": False}
    _put(db, Contributor, [author | {"title_id": i, "given": "Ann", "family": f"Sample {i}"} for i in ids])
    chapters = [
        {"title_id": i, "position": n, "address": n, "is_part": False, "number": str(n), "name": f"Chapter {n}"}
        for i in ids
        for n in range(1, CHAPTERS + 1)
    ]
    _put(db, Chapter, chapters)
    kinds = ("signed-in", "listed", "everyone", "on-request")
    _put(db, Rule, [{"title_id": i, "position": 1, "kind": kinds[(i - BOOK) % len(kinds)]} for i in ids])
    _put(db, Rule, [{"title_id": BOOK, "position": n, "kind": kind} for n, kind in enumerate(kinds[1::2], 2)])
    _put(db, Edition, [{"id": i, "title_id": i, "number": 1, "file_id": stored.id, "made_at": now} for i in ids])
    _put(db, TitleEvent, [{"title_id": i, "number": 1, "what": "published", "words": ""} for i in ids])
    changed = [{"path": "title", "before": "A title", "after": "Another title"}]
    _put(db, RecordChange, [{"title_id": i, "version": n, "fields": changed} for i in ids for n in (2, 3)])
    intakes = [
        {"title_id": i, "state": IntakeState.READY, "staged_id": f"{i:08}{n:024}", "file_name": "a-volume.pdf",
         "size": 2_000_000, "file_id": stored.id, "edition_id": i, "finished_at": now}
        for i in ids
        for n in (1, 2)
    ]  # fmt: skip
    _put(db, Intake, intakes)


def _reading(db: Db, titles: int, now: datetime) -> None:
    """Every reader has taken the founding title and two others, is named for it, and asked for it and one other.

    For every ten of them an address waits to be named, and every hundredth has a link at this moment.
    """
    other = col(User.id) % titles + 1
    readers = sa.select(User).where(col(User.id) >= STAFFED)
    known = sa.select(Identity).where(col(Identity.user_id) >= STAFFED)
    not_it = other != BOOK
    later = (col(User.id) + 7) % titles + 1
    _put_for(db, Holding, readers, user_id=col(User.id), edition_id=sa.literal(BOOK), taken_at=now)
    _put_for(db, Holding, readers.where(not_it), user_id=col(User.id), edition_id=other, taken_at=now)
    _put_for(db, Holding, readers.where(later != BOOK), user_id=col(User.id), edition_id=later, taken_at=now)
    whose = {"issuer": col(Identity.issuer), "subject": col(Identity.subject)}
    _put_for(db, Grant, known, title_id=sa.literal(BOOK), source="listed", granted_at=now, **whose)
    asked = {"user_id": col(Identity.user_id), "sentence": "It is for my thesis.", "asked_at": now, **whose}
    answer = {"answer": Answer.APPROVED.value, "decided_at": now}
    another = col(Identity.user_id) % titles + 1
    _put_for(db, AccessRequest, known.where(another != BOOK), title_id=another, **answer, **asked)
    last = sa.select(sa.func.max(col(User.id))).scalar_subquery() - OPEN
    is_open = col(Identity.user_id) > last
    _put_for(db, AccessRequest, known.where(~is_open), title_id=sa.literal(BOOK), **answer, **asked)
    _put_for(db, AccessRequest, known.where(is_open), title_id=sa.literal(BOOK), **asked)
    code = {"uses": 500, "uses_left": 100, "ends_at": now + timedelta(days=30)}
    _put(db, Voucher, [{"id": i, "title_id": i, "digest": new_secret(), **code} for i in range(1, titles + 1, 10)])
    _put_for(db, Redemption, readers, voucher_id=sa.literal(1), user_id=col(User.id), redeemed_at=now)
    links = {"uses_left": 5, "edition_id": BOOK, "made_at": now}
    live = col(User.id) % 100 == 0  # so many have come for it in these ten minutes
    for which, ends in ((live, now + timedelta(days=1)), (~live, now - timedelta(days=1))):
        digest = sa.literal("link ") + sa.cast(col(User.id), sa.String)
        _put_for(db, Ticket, readers.where(which), digest=digest, user_id=col(User.id), expires_at=ends, **links)
    invited = sa.func.coalesce(col(Identity.email), "")
    some = known.where(col(Identity.user_id) % 10 == 0)
    _put_for(db, Invitation, some, title_id=sa.literal(BOOK), email=invited, invited_at=now)


def _desk(db: Db, titles: int, readers: int, now: datetime) -> None:
    """What the desk has told, noted and written down."""
    notices = [
        {"id": i, "key": f"n{i}", "title_id": (i - 1) // 2 * (i > 4) + 1, "kind": "erratum", "words": "See page 7.",
         "edition": 1, "made_at": now - timedelta(hours=i - 1)}
        for i in range(1, titles + 1)
    ]  # fmt: skip
    _put(db, Notice, notices)
    holders = sa.select(User).where(col(User.id) >= STAFFED)
    _put_for(db, NoticeCopy, holders, user_id=col(User.id), notice_id=sa.literal(1))
    _put_for(db, NoticeCopy, holders, user_id=col(User.id), notice_id=sa.literal(2))
    mail = {"kind": "notice", "arguments": {"notice": 1}, "made_at": now, "due_at": now, "tries": 1, "doubts": 0}
    sent = {"state": "sent", "sent_at": now}
    _put_for(db, OutgoingMail, holders, user_id=col(User.id), key="notice 1", **mail, **sent)
    tenth = holders.where(col(User.id) % 10 == 0)
    _put_for(db, OutgoingMail, tenth, user_id=col(User.id), key="notice 2", state="given-up", **mail)
    acts = ("title-changed", "published", "readers-named", "request-approved", "reader-shut-out")
    log = [
        {"actor_user_id": 1 + i % STAFF, "action": acts[i % len(acts)], "object": f"title title-{i % titles + 1}",
         "user_id": STAFFED + i % readers, "words": "as they had asked", "at": now - timedelta(minutes=i)}
        for i in range(ACTS * (titles + readers))
    ]  # fmt: skip
    _put(db, Audit, log)
    noted = sa.select(User).where(col(User.id) >= STAFFED, col(User.id) % 20 == 0)
    beyond = {"day": now.date(), "what": "links", "allowance": 50, "stage": "slowed", "at": now}
    _put_for(db, FairUseNote, noted, user_id=col(User.id), **beyond)
    _put(db, Institution, [
        {"slug": f"library-{i}", "name": f"Library {i}", "domains": [f"library{i}.example"],
         "networks": [f"192.0.2.{i}/32"]}
        for i in range(INSTITUTIONS)
    ])  # fmt: skip
    session = {"device": "Firefox", "expires_at": now + timedelta(days=1), "created_at": now}
    seen = {"authenticated_at": now, "last_seen_at": now}
    digest = sa.literal("session ") + sa.cast(col(User.id), sa.String)
    whose = {"user_id": col(User.id), "identity_id": col(User.id)}
    _put_for(db, Session, holders.where(col(User.id) % 4 == 0), digest=digest, **whose, **session, **seen)


def _use(db: Db, titles: int, now: datetime) -> None:
    """A year of use of all titles together, and of each a month, with as many breakdowns whatever the shelf is."""
    numbers = dict.fromkeys(Figures.NAMES, 9)
    broken_down = [
        ("", ""),
        *(("provider", f"provider-{n}") for n in range(5)),
        *(("institution", f"library-{n}") for n in range(1, INSTITUTIONS + 1)),
        *(("referrer", f"site-{n}.example") for n in range(30)),
    ]
    days = [(now - timedelta(days=n)).date() for n in range(2 * max(PERIODS))]
    for title_id, known, parts in (
        (ALL_TITLES, days, broken_down),
        *((n, days[:30], ONE) for n in range(1, titles + 1)),
    ):
        rows = [
            {"title_id": title_id, "by": by, "value": value, "day": day, **numbers}
            for day in known
            for by, value in parts
        ]
        _put(db, DaySum, rows)
    used = [{"days": each, "place": n, "title_id": n, "used": 999} for each in PERIODS for n in range(1, 11)]
    _put(db, MostUsed, used)
