"""A title with editions, readers who hold them, and notices to them, as rows; and a clock that goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from sqlmodel import col, select

from api import clock
from api.database import Database
from api.notices import announce, choice
from api.notices.announce import Announced
from api.notices.mails import PostOffice
from api.shelf import holdings
from api.tables import (
    Edition,
    File,
    Identity,
    Kind,
    MailState,
    NoticeCopy,
    NoticeKind,
    OutgoingMail,
    State,
    Title,
    User,
)


@dataclass
class Shelf:
    """One title with one edition, over a database."""

    database: Database

    def __post_init__(self) -> None:
        self._numbers = count(1)
        with self.database.writing() as db:
            title = Title(slug="rivers", kind=Kind.REPORT, state=State.PUBLISHED, title="Rivers", full_title="Rivers")
            db.add(title)
            db.flush()
            self.title_id = title.id
        self.edition_ids = [self.add_edition(1)]

    def add_edition(self, number: int) -> int:
        with self.database.writing() as db:
            file = File(sha256=f"{number:064}", size=1, page_count=1)
            edition = Edition(title_id=self.title_id, number=number, file=file)
            db.add(edition)
            db.flush()
            assert edition.id is not None
            return edition.id

    def change(self, **values: object) -> None:
        with self.database.writing() as db:
            title = db.get_one(Title, self.title_id)
            for name, value in values.items():
                setattr(title, name, value)

    def reader(
        self, email: str | None = None, *, verified: bool = True, wants_mail: bool = True, holds: int | None = None
    ) -> int:
        """A reader who holds the first edition, or the one with the id `holds`; their number."""
        number = next(self._numbers)
        with self.database.writing() as db:
            user = User(name=f"Reader {number}", email=email)
            user.identities.append(
                Identity(
                    provider="demo",
                    issuer="https://id.example",
                    subject=f"r{number}",
                    email=email,
                    email_verified=verified and email is not None,
                )
            )
            db.add(user)
            db.flush()
            assert user.id is not None
            holdings.take(db, user.id, holds or self.edition_ids[0], clock.now())
            if wants_mail:
                choice.allow(db, user.id, clock.now())
            return user.id

    def tell(
        self, words: str = "Page 12: read 21.", kind: NoticeKind = NoticeKind.ERRATUM, *, has_mail: bool = True
    ) -> Announced:
        with self.database.writing() as db:
            title = db.get_one(Title, self.title_id)
            return announce.announce(db, title, kind, words, by=None, has_mail=has_mail, now=clock.now())

    def told(self) -> set[int]:
        """Who has a copy of any notice."""
        with self.database.reading() as db:
            return set(db.exec(select(NoticeCopy.user_id)).all())

    def mails(self) -> list[OutgoingMail]:
        with self.database.reading() as db:
            return list(db.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))).all())

    def mail(self) -> OutgoingMail:
        (only,) = self.mails()
        return only

    def states(self) -> list[MailState]:
        return [MailState(each.state) for each in self.mails()]


@contextmanager
def later(**length: float) -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(**length)):
        yield


def elsewhere(office: PostOffice, **values: object) -> PostOffice:
    return replace(office, mail=office.mail.model_copy(update=values))
