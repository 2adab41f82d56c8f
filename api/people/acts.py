"""What the press does to a reader's account: shut out, let back, change the role, end links, give and take a title.

Each is written down in the audit log, and doing it twice does it once.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.rules import give_grant, ladder, take_grant
from api.database import hold
from api.errors import Conflict, NotFound
from api.shelf.overview import by_slug
from api.shelf.shelving import id_of
from api.signin import disabling
from api.signin.roles import change_role, must_be_administrator
from api.signin.sessions import Held
from api.spoken import N_
from api.tables import Audit, Identity, Role, RuleKind, Ticket, Title, User


def shut_out(db: Db, actor: Held, user_id: int, now: datetime) -> bool:
    """End all that the account has open, for good. False if it was shut out already.

    Raises Denied for all but administrators, Conflict for one's own account and for the last administrator.
    """
    _one_at_a_time(db, actor)
    _not_oneself(actor, user_id, N_("Nobody shuts themselves out: another administrator has to do it."))
    return disabling.shut_out(db, _held(db, user_id), now, by=actor.reader.user_id)


def let_back(db: Db, actor: Held, user_id: int) -> bool:
    """Let the reader sign in again. False if they could."""
    _one_at_a_time(db, actor)
    return disabling.let_back(db, _held(db, user_id), by=actor.reader.user_id)


def give_role(db: Db, actor: Held, user_id: int, role: Role, *, next_path: str) -> bool:
    """Change the role, by a fresh sign-in. Nobody takes their own away by a slip: that is another's to do."""
    _one_at_a_time(db, actor)
    _not_oneself(actor, user_id, N_("Nobody changes their own role: another administrator has to do it."))
    return change_role(db, actor, _held(db, user_id), role, next_path=next_path)


def end_links(db: Db, by: int, user_id: int, now: datetime) -> int:
    """End every link of the reader that still works; how many."""
    _held(db, user_id)
    live = (col(Ticket.user_id) == user_id, col(Ticket.revoked_at).is_(None), col(Ticket.expires_at) > now)
    ended = db.connection().execute(sa.update(Ticket).where(*live).values(revoked_at=now)).rowcount
    if ended:
        words = f"{ended} {'link' if ended == 1 else 'links'}"
        db.add(Audit(actor_user_id=by, action="links-revoked", object="account", user_id=user_id, words=words))
    return ended


def give_title(db: Db, by: int, user_id: int, slug: str) -> bool:
    """Put the reader on a title's list, by the way in they came with first.

    Whether the list counts: not unless the title has the rule `listed`. Raises NotFound, in words, for no such title,
    Conflict where they hold it by name already or have no way in.
    """
    user, title = _held(db, user_id), _title(db, slug)
    identity = db.exec(select(Identity).where(Identity.user_id == user.id).order_by(col(Identity.id))).first()
    if identity is None:
        raise Conflict(N_("This account has no way in, so nothing can be given to it."))
    title_id = id_of(title)
    if give_grant(db, title_id, identity.issuer, identity.subject):
        _write_down(db, by, "readers-named", title, user_id)
    return any(rung.kind is RuleKind.LISTED for rung in ladder(db, title_id, None))


def take_title(db: Db, by: int, user_id: int, slug: str) -> bool:
    """Take back all that lets the reader in to a title by name. False if nothing did."""
    user, title = _held(db, user_id), _title(db, slug)
    whose = select(Identity).where(Identity.user_id == user.id)
    taken = [take_grant(db, id_of(title), each.issuer, each.subject) for each in db.exec(whose).all()]
    if any(taken):
        _write_down(db, by, "reader-put-out", title, user_id)
    return any(taken)


def _one_at_a_time(db: Db, actor: Held) -> None:
    """Administrators act on accounts one after the other: two who act on each other would wait in a ring."""
    hold(db, "acts of administrators")
    must_be_administrator(db, actor)


def _held(db: Db, user_id: int) -> User:
    user = db.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user


def _not_oneself(actor: Held, user_id: int, words: str) -> None:
    if actor.reader.user_id == user_id:
        raise Conflict(words, heading=N_("This is your own account"), way_on=("/account", N_("See your account")))


def _title(db: Db, slug: str) -> Title:
    title = by_slug(db, slug)
    if title is None:
        raise NotFound(N_("There is no title “{slug}”. It is the last part of the title’s address.", slug=slug))
    return title


def _write_down(db: Db, by: int, act: str, title: Title, user_id: int) -> None:
    db.add(Audit(actor_user_id=by, action=act, object=f"title {title.slug}", user_id=user_id))
