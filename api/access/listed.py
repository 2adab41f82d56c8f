"""Whom the press has let in to a title, reader by reader: shown a leaf at a time, named, and put out again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.lists import Line, Person, counted, put_on_list
from api.access.rules import take_grant
from api.tables import Audit, Grant, Identity, Invitation, Title, User
from api.tables.people import begins, key_of_name

LEAF = 50  # readers on one leaf
LONGEST_SEARCH = 200  # characters
FEW = 500  # readers of a name whom the list is asked for one by one


class LetIn(NamedTuple):
    """Someone let in under the rule `source`. Without a provider they have not signed in yet."""

    id: int
    issuer: str
    subject: str
    source: str
    granted_at: datetime
    name: str | None
    provider: str | None


def let_in(
    db: Db, title_id: int, issuers: Mapping[str, str | None], search: str = "", before: int | None = None
) -> tuple[list[LetIn], int | None]:
    """Some of those let in, the latest first; and where more follow, the id to go on before.

    `search` is the beginning of a name or of its last word, a subject, or `<provider id>:<subject>`.
    """
    is_theirs = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    found = (
        sa.select(
            col(Grant.id),
            col(Grant.issuer),
            col(Grant.subject),
            col(Grant.source),
            col(Grant.granted_at),
            col(User.name),
            col(Identity.provider),
        )
        .join_from(Grant, Identity, is_theirs, isouter=True)
        .outerjoin(User, col(User.id) == col(Identity.user_id))
        .where(col(Grant.title_id) == title_id, _fits(db, title_id, search, issuers))
        .order_by(col(Grant.id).desc())
        .limit(LEAF + 1)
    )
    if before is not None:
        found = found.where(col(Grant.id) < before)
    rows = [LetIn._make(row) for row in db.connection().execute(found)]
    return rows[:LEAF], rows[LEAF - 1].id if len(rows) > LEAF else None


def invited(db: Db, title_id: int, search: str = "", before: int | None = None) -> tuple[list[Invitation], int | None]:
    """Some of the addresses that wait, the latest first; and where more follow, the id to go on before."""
    waiting = select(Invitation).where(Invitation.title_id == title_id).order_by(col(Invitation.id).desc())
    if search.strip():
        waiting = waiting.where(col(Invitation.email).contains(search.strip().lower(), autoescape=True))
    if before is not None:
        waiting = waiting.where(col(Invitation.id) < before)
    rows = list(db.exec(waiting.limit(LEAF + 1)).all())
    return rows[:LEAF], rows[LEAF - 1].id if len(rows) > LEAF else None


def name_readers(db: Db, title: Title, people: Iterable[Person], by: int | None) -> list[Line]:
    """Put people on a title's list, with a word on each."""
    assert title.id is not None
    lines = put_on_list(db, title.id, people)
    counts = counted(lines)
    if counts["added"]:
        words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        db.add(Audit(actor_user_id=by, action="readers-named", object=f"title {title.slug}", words=words))
    return lines


def put_out(db: Db, title: Title, grant_id: int, by: int | None) -> bool:
    """Take back all that lets this reader in to the title. False if it was taken back before."""
    grant = db.get(Grant, grant_id)
    if grant is None or grant.title_id != title.id:
        return False
    taken = take_grant(db, grant.title_id, grant.issuer, grant.subject)
    owner = select(Identity.user_id).where(Identity.issuer == grant.issuer, Identity.subject == grant.subject)
    if taken:
        _note(db, "reader-put-out", title, by, db.exec(owner).first())
    return taken


def uninvite(db: Db, title: Title, invitation_id: int, by: int | None) -> bool:
    """Take an address off the list. False if it waits no longer."""
    invitation = db.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.title_id != title.id:
        return False
    db.delete(invitation)
    _note(db, "invitation-taken-back", title, by)
    return True


def _fits(db: Db, title_id: int, search: str, issuers: Mapping[str, str | None]) -> sa.ColumnElement[bool]:
    words = search.strip()[:LONGEST_SEARCH]
    if not words:
        return sa.true()
    provider, colon, subject = words.partition(":")
    if colon and issuers.get(provider):
        return (col(Grant.issuer) == issuers[provider]) & (col(Grant.subject) == subject)
    is_it, prefix = col(Grant.subject) == words, key_of_name(words)
    if not prefix:
        return is_it
    named = [begins(key, prefix) for key in (col(User.name_key), col(User.last_name_key))]
    some = [sa.select(col(User.id)).where(fits).limit(FEW + 1) for fits in named]
    ids = [user_id for each in some for user_id in db.connection().scalars(each)]
    if len(ids) > FEW:  # so many that a walk through the list soon has a leaf of them
        return sa.or_(is_it, *named)
    theirs = sa.select(col(Identity.issuer), col(Identity.subject)).where(col(Identity.user_id).in_(ids))
    granted = sa.select(col(Grant.id)).where(col(Grant.title_id) == title_id)
    by_name = granted.where(sa.tuple_(col(Grant.issuer), col(Grant.subject)).in_(theirs))
    return col(Grant.id).in_(sa.union_all(by_name, granted.where(is_it)))


def _note(db: Db, action: str, title: Title, by: int | None, user_id: int | None = None) -> None:
    db.add(Audit(actor_user_id=by, action=action, object=f"title {title.slug}", user_id=user_id))
