"""Shelves to measure: the founding title, as many others as wanted, one large volume, and a reader who is signed in."""

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from api import clock
from api.database import Database
from api.demo.shelve import FILES
from api.intake.titlefile import read
from api.migrations import upgrade
from api.seal import Seal, new_secret
from api.settings import Settings
from api.shelf.shelving import add_draft, id_of, publish
from api.signin import sessions
from api.tables import Chapter, Contributor, Edition, File, Identity, Rule, RuleKind, Ticket, Title, User
from storage.local import LocalStore
from tests.make import pdf

SLUG = "russia-china-relations"
PAGE = f"/books/edited/{SLUG}"
LARGE = "/reports/a-large-volume"
LARGE_SIZE = 256 << 20  # bytes
MANY = 5000
CHAPTERS = 10  # of each other title


@dataclass(frozen=True)
class Stocked:
    """A shelf that is ready: the cookie of a reader who is signed in, and a link that never runs out."""

    cookie: str
    link: str


def stock(settings: Settings, titles: int, *, large: bool = False) -> Stocked:
    """Fill a fresh database with `titles` published titles, the founding one newest."""
    database, store = Database(settings.database_url), LocalStore(settings.storage.root)
    seal = Seal(settings.secret_key.get_secret_value())
    upgrade(database)
    small = pdf()
    with database.writing() as db:
        file = _keep(store, small)
        db.add(file)
        founding = add_draft(db, read(FILES / f"{SLUG}.toml"))
        publish(db, SLUG)
        db.add(Rule(title_id=id_of(founding), position=1, kind=RuleKind.SIGNED_IN))
        edition = Edition(title_id=id_of(founding), file=file)
        db.add(edition)
        if large:
            title = Title(slug="a-large-volume", kind="report", state="published", title="Large", full_title="Large")
            title.posted_at = clock.now() - timedelta(days=9999)
            db.add(title)
            db.flush()
            db.add(Rule(title_id=id_of(title), position=1, kind=RuleKind.EVERYONE))
            db.add(Edition(title_id=id_of(title), file=_keep(store, os.urandom(LARGE_SIZE))))
        user = User(name="Cleo Specimen")
        identity = Identity(provider="bench", issuer="https://id.example.org", subject="cleo", user=user)
        db.add(identity)
        db.flush()
        cookie = sessions.begin(db, seal, identity)
        secret = new_secret()
        db.add(
            Ticket(
                digest=seal.digest("ticket", secret),
                user_id=identity.user_id,
                edition_id=edition.id,
                expires_at=clock.now() + timedelta(days=1),
                uses_left=1 << 30,
            )
        )
        assert file.id is not None
        _others(db.connection(), titles - 1, file.id)
    database.close()
    return Stocked(f"gatefold={cookie}", f"/t/{secret}/{SLUG}.pdf")


def _keep(store: LocalStore, content: bytes) -> File:
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(io.BytesIO(content), sha256, len(content))
    return File(sha256=sha256, size=len(content), page_count=3)


def _others(connection: sa.Connection, how_many: int, file_id: int) -> None:
    """Older titles, in one stroke for each table."""
    start, now = 1000, clock.now()
    ids = range(start, start + how_many)
    if not ids:
        return
    words = "What the archive keeps, and what it lets go. " * 20
    connection.execute(
        sa.insert(Title),
        [
            {
                "id": i,
                "slug": f"title-{i}",
                "kind": "report",
                "state": "published",
                "title": f"Title {i}",
                "full_title": f"Title {i}: What the Archive Keeps",
                "abstract": words,
                "posted_at": now - timedelta(hours=i),
                "created_at": now,
                "language": "en",
                "doi_is_ours": False,
            }
            for i in ids
        ],
    )
    people = [
        {
            "title_id": i,
            "position": 1,
            "role": "author",
            "given": "Ann",
            "family": f"Sample {i}",
            "is_organisation": False,
        }
        for i in ids
    ]
    connection.execute(sa.insert(Contributor), people)
    connection.execute(
        sa.insert(Chapter),
        [
            {"title_id": i, "position": n, "is_part": False, "number": str(n), "name": f"Chapter {n}"}
            for i in ids
            for n in range(1, CHAPTERS + 1)
        ],
    )
    connection.execute(sa.insert(Rule), [{"title_id": i, "position": 1, "kind": "signed-in"} for i in ids])
    connection.execute(
        sa.insert(Edition), [{"title_id": i, "number": 1, "file_id": file_id, "made_at": now} for i in ids]
    )


def settings_in(folder: Path, url: str, database_url: str | None = None) -> Settings:
    """Settings of a portal whose state is all in `folder`."""
    return Settings(
        _env_file=None,
        public_url=url,
        secret_key="k7Jw2mQx9Zr4Tn8Vb3Lp6Hd5Fs1Gy0Ca",
        database_url=database_url or f"sqlite:///{folder / 'gatefold.db'}",
        storage={"root": folder / "files"},
        fair_use=dict.fromkeys(("account_links", "account_megabytes", "network_links", "network_megabytes"), 1_000_000),
    )
