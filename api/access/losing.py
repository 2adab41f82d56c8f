"""Who would lose access by a stricter ladder or a later opening, as far as the portal can know it beforehand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api import clock
from api.access.asked import AskedRule
from api.access.known import VOUCHED_FOR, Proven, Told
from api.access.policy import Access, Reader, decide
from api.access.proposed import Ladder, ladder_of
from api.database import rows
from api.tables import Edition, Grant, Holding, Identity, Invitation, Role, RuleKind, State, Ticket, Title, User

LOOKED_AT = 5_000  # readers, those of late first: as many as are gone through in a moment
SHOWN = 50  # of those who lose access, by name
AT_ONCE = 500  # readers in one question to the database


@dataclass(frozen=True)
class Opening:
    """From when on, and by which rules, a title is read."""

    opens_at: datetime | None
    rules: tuple[AskedRule, ...]


@dataclass(frozen=True)
class Loser:
    """Someone who would lose access: the name their sign-in gives, and how the press names them."""

    name: str | None
    handle: str


@dataclass(frozen=True)
class Losses:
    """`known` readers have taken the title, hold a link or were let in; `looked_at` of them, the latest, were tried.

    `not_come` names stand on the list that nobody has come for. `anonymous` is whether nobody could read it any
    more without a sign-in, `by_network` whether some of those let in can't be told beforehand.
    """

    known: int
    looked_at: int
    losing: int
    shown: Sequence[Loser]
    not_come: int
    anonymous: bool
    by_network: bool

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.known


def can_take_away(state: State, old: Opening, new: Opening, now: datetime) -> bool:
    """Whether anyone could lose access now by the change: where not, nobody has to be looked up."""
    is_open = state is State.PUBLISHED and bool(old.rules) and (old.opens_at is None or old.opens_at <= now)
    if not is_open:
        return False
    if new.opens_at is not None and new.opens_at > now:
        return True
    kinds = {rule.kind for rule in new.rules}
    if RuleKind.EVERYONE in kinds:
        return False
    if RuleKind.SIGNED_IN in kinds:
        return any(rule.kind is RuleKind.EVERYONE for rule in old.rules)
    return not set(old.rules) <= set(new.rules)


def losses(db: Db, title: Title, old: Opening, new: Opening, now: datetime) -> Losses:
    """Try every known reader of a title, up to LOOKED_AT, by the old opening and the new."""
    assert title.id is not None
    ladders = ladder_of(db, title.id, old.rules), ladder_of(db, title.id, new.rules)
    state = State(title.state)
    user_ids = _latest(db, title.id, now)
    losers = [
        Loser(person.reader.name, person.reader.handle)
        for person in _people(db, title.id, user_ids)
        if _may(state, old, ladders[0], person, now) and not _may(state, new, ladders[1], person, now)
    ]
    before, after = (
        decide(Access(state, each.opens_at), ladder.rungs(None), None, now)
        for each, ladder in zip((old, new), ladders, strict=True)
    )
    return Losses(
        known=len(user_ids) if len(user_ids) < LOOKED_AT else _how_many(db, title.id, now),
        looked_at=len(user_ids),
        losing=len(losers),
        shown=losers[:SHOWN],
        not_come=_not_come(db, title.id) if _drops_list(old, new, now) else 0,
        anonymous=before.allowed and not after.allowed,
        by_network=ladders[0].asks_the_network,
    )


@dataclass(frozen=True)
class _Person:
    reader: Reader
    known: Told


def _may(state: State, opening: Opening, ladder: Ladder, person: _Person, now: datetime) -> bool:
    return decide(Access(state, opening.opens_at), ladder.rungs(person.known), person.reader, now).allowed


def _drops_list(old: Opening, new: Opening, now: datetime) -> bool:
    listed, kinds = RuleKind.LISTED, {rule.kind for rule in new.rules}
    kept = not kinds.isdisjoint({listed, RuleKind.SIGNED_IN, RuleKind.EVERYONE})
    is_later = new.opens_at is not None and new.opens_at > now
    return any(rule.kind is listed for rule in old.rules) and (is_later or not kept)


def _evidence(title_id: int, now: datetime) -> sa.CompoundSelect[int, datetime]:
    """Everyone who is known to have had access, and when that was last seen; someone may be there several times."""
    editions = sa.select(col(Edition.id)).where(col(Edition.title_id) == title_id)
    is_theirs = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    return sa.union_all(
        sa.select(col(Holding.user_id).label("user_id"), col(Holding.taken_at).label("seen_at")).where(
            col(Holding.edition_id).in_(editions)
        ),
        sa.select(col(Ticket.user_id), col(Ticket.made_at)).where(
            col(Ticket.edition_id).in_(editions), col(Ticket.revoked_at).is_(None), col(Ticket.expires_at) > now
        ),
        sa.select(col(Identity.user_id), col(Grant.granted_at))
        .join_from(Grant, Identity, is_theirs)
        .where(col(Grant.title_id) == title_id),
    )


def _latest(db: Db, title_id: int, now: datetime) -> list[int]:
    seen = _evidence(title_id, now).subquery()
    latest = sa.func.max(seen.c.seen_at)
    each = sa.select(seen.c.user_id).group_by(seen.c.user_id).order_by(latest.desc(), seen.c.user_id.desc())
    return list(db.connection().scalars(each.limit(LOOKED_AT)))


def _how_many(db: Db, title_id: int, now: datetime) -> int:
    seen = _evidence(title_id, now).subquery()
    return db.connection().scalar(sa.select(sa.func.count(sa.distinct(seen.c.user_id)))) or 0


def _not_come(db: Db, title_id: int) -> int:
    """Names on the list without an account: those given by account, and the addresses that wait."""
    is_theirs = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    by_account = (
        sa.select(sa.func.count())
        .select_from(Grant)
        .outerjoin(Identity, is_theirs)
        .where(col(Grant.title_id) == title_id, col(Grant.source) == RuleKind.LISTED, col(Identity.id).is_(None))
    )
    waiting = sa.select(sa.func.count()).select_from(Invitation).where(col(Invitation.title_id) == title_id)
    return (db.connection().scalar(by_account) or 0) + (db.connection().scalar(waiting) or 0)


def _people(db: Db, title_id: int, user_ids: Sequence[int]) -> Iterator[_Person]:
    """These users as the decision sees them, in this order, without staff (always let in) and without the shut out."""
    for start in range(0, len(user_ids), AT_ONCE):
        some = user_ids[start : start + AT_ONCE]
        readers = _readers(db, some)
        fresh, grants = _fresh(db, some), _grants(db, title_id, some)
        for user_id in some:
            reader = readers.get(user_id)
            if reader is not None and not reader.is_staff:
                yield _Person(reader, Told(reader, fresh=fresh[user_id], grants=grants[user_id]))


def _readers(db: Db, user_ids: Sequence[int]) -> dict[int, Reader]:
    """By the identity each came with first."""
    wanted = (
        sa.select(
            col(User.id),
            col(User.name),
            col(User.role),
            col(Identity.provider),
            col(Identity.issuer),
            col(Identity.subject),
        )
        .join(Identity, col(Identity.user_id) == col(User.id))
        .where(col(User.id).in_(user_ids), col(User.disabled_at).is_(None))
        .order_by(col(Identity.id).desc())
    )
    found: dict[int, Reader] = {}
    for user_id, name, role, *identity in rows(db, wanted, {}):
        found[user_id] = Reader(user_id, name, Role(role), *identity)
    return found


def _fresh(db: Db, user_ids: Sequence[int]) -> defaultdict[int, list[Proven]]:
    vouched = sa.select(
        col(Identity.user_id),
        col(Identity.provider),
        col(Identity.issuer),
        col(Identity.email),
        col(Identity.email_verified),
        col(Identity.claims),
    ).where(col(Identity.user_id).in_(user_ids), col(Identity.vouched_at) > clock.now() - VOUCHED_FOR)
    found: defaultdict[int, list[Proven]] = defaultdict(list)
    for user_id, *proven in db.connection().execute(vouched):
        found[user_id].append(Proven._make(proven))
    return found


def _grants(db: Db, title_id: int, user_ids: Sequence[int]) -> defaultdict[int, set[tuple[int, str]]]:
    is_theirs = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    given = (
        sa.select(col(Identity.user_id), col(Grant.source))
        .join_from(Grant, Identity, is_theirs)
        .where(col(Grant.title_id) == title_id, col(Identity.user_id).in_(user_ids))
    )
    found: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)
    for user_id, source in db.connection().execute(given):
        found[user_id].add((title_id, source))
    return found
