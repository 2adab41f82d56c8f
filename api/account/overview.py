"""What the account page shows: titles held, ways to sign in, sessions and the sign-in log, ready to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.formats.record import TitleRecord
from api.shelf import holdings, queries, reading_places
from api.signin import linking, log, sessions
from api.spoken import N_
from api.tables import Edition, Identity, ReadingPlace, SignInOutcome, State, Ticket, User

LOG_LINES = 10
OUTCOMES = {
    SignInOutcome.SIGNED_IN: N_("Signed in"),
    SignInOutcome.AGAIN: N_("Signed in again"),
    SignInOutcome.CONNECTED: N_("Connected"),
    SignInOutcome.DISCONNECTED: N_("Disconnected"),
    SignInOutcome.TURNED_AWAY: N_("Turned away here"),
    SignInOutcome.ENDED_BY_PROVIDER: N_("Signed out by the provider"),
}


@dataclass(frozen=True)
class HeldTitle:
    """A title the reader holds: the newest edition they took, and what they can do with it now."""

    record: TitleRecord
    edition: int
    taken_at: datetime
    is_allowed: bool
    link_works_until: datetime | None

    @property
    def newer(self) -> int | None:
        """The number of the edition that has come since, if one has."""
        current = self.record.edition
        return current.number if current is not None and current.number > self.edition else None

    @property
    def is_withdrawn(self) -> bool:
        return self.record.state is State.WITHDRAWN


@dataclass(frozen=True)
class ReadTitle:
    """A title that the reader reads in the browser: where they stopped, and whether they can go on."""

    record: TitleRecord
    place: ReadingPlace
    is_allowed: bool


@dataclass(frozen=True)
class Way:
    """One of the reader's identities. `is_last` is whether nothing would be left to sign in with."""

    id: int
    provider: str
    label: str
    subject: str
    connected_at: datetime
    is_last: bool


@dataclass(frozen=True)
class LogLine:
    at: datetime
    words: str
    label: str
    device: str


def titles(db: Db, reader: Reader, now: datetime) -> list[HeldTitle]:
    """The last taken first; a title that the reader may not even see any more is left out."""
    editions: dict[int, int] = {}
    taken_at: dict[int, datetime] = {}
    for holding, edition in holdings.of_user(db, reader.user_id):
        editions[edition.title_id] = max(edition.number, editions.get(edition.title_id, 0))
        taken_at.setdefault(edition.title_id, holding.taken_at)
    links = _live_links(db, reader.user_id, now)
    return [
        HeldTitle(shelved.record, number, taken_at[title_id], shelved.decision.allowed, links.get(title_id))
        for title_id, number in editions.items()
        if (shelved := queries.find_by_id(db, title_id, reader, now)) is not None
    ]


def places(db: Db, reader: Reader, now: datetime) -> list[ReadTitle]:
    """Where the reader stopped, the last read first; a title that they may not even see any more is left out."""
    return [
        ReadTitle(shelved.record, place, shelved.decision.allowed and shelved.record.edition is not None)
        for place, _ in reading_places.all_of(db, reader.user_id)
        if (shelved := queries.find_by_id(db, place.title_id, reader, now)) is not None
    ]


def _live_links(db: Db, user_id: int, now: datetime) -> dict[int, datetime]:
    """Until when the reader's last link to the whole of a title works, by the title's id."""
    live = (
        select(Edition.title_id, Ticket.expires_at)
        .join(Edition, col(Edition.id) == col(Ticket.edition_id))
        .where(
            Ticket.user_id == user_id,
            Ticket.expires_at > now,
            Ticket.uses_left > 0,
            col(Ticket.revoked_at).is_(None),
            col(Ticket.chapter_file_id).is_(None),
            col(Ticket.is_inline).is_(False),
        )
        .order_by(col(Ticket.expires_at))
    )
    return dict(db.exec(live).all())


def ways(identities: Sequence[Identity], providers: Mapping[str, Any]) -> list[Way]:
    usable = [each.id for each in identities if each.provider in providers]
    return [
        Way(
            id=each.id or 0,
            provider=each.provider,
            label=label_of(each.provider, providers),
            subject=each.subject,
            connected_at=each.created_at,
            is_last=not [other for other in usable if other != each.id],
        )
        for each in identities
    ]


def log_lines(db: Db, user_id: int, providers: Mapping[str, Any]) -> list[LogLine]:
    return [
        LogLine(line.at, OUTCOMES[SignInOutcome(line.outcome)], label_of(line.provider, providers), line.device)
        for line in log.of_user(db, user_id, LOG_LINES)
    ]


def label_of(provider_id: str, providers: Mapping[str, Any]) -> str:
    """A provider's name for people; one that is not in the settings any more has only its id."""
    provider = providers.get(provider_id)
    return provider.label if provider is not None else provider_id


@dataclass(frozen=True)
class Stock:
    """What an account has that would move with it."""

    name: str | None
    role: str
    labels: list[str]
    titles: int
    sessions: int


def stock(db: Db, user: User, providers: Mapping[str, Any]) -> Stock:
    assert user.id is not None
    return Stock(
        name=user.name,
        role=user.role,
        labels=[f"{way.label}, {way.subject}" for way in ways(linking.of_user(db, user.id), providers)],
        titles=len({edition.title_id for _, edition in holdings.of_user(db, user.id)}),
        sessions=len(sessions.of_user(db, user.id)),
    )
