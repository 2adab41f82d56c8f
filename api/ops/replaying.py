"""After a backup is restored: nothing lives that the newest ledger does not have, and no link or session at all."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select

from api.access.asked import AskedRule
from api.access.rules import set_ladder
from api.account import closure
from api.comments.writing import take_away
from api.database import raise_revision
from api.ops.ledger import Ledger, librarians, of_grant, of_identity, of_invitation, of_librarian, rules_of
from api.seal import Seal
from api.tables import (
    AccessKey,
    Attempt,
    Comment,
    Grant,
    Identity,
    Institution,
    Invitation,
    Job,
    MailState,
    MergeOffer,
    OutgoingMail,
    Role,
    RuleKind,
    ScheduledPublication,
    Session,
    Standing,
    State,
    Ticket,
    Title,
    User,
    Voucher,
)

ENDED = (Session, Attempt, MergeOffer)  # of these none outlives a restore
RESTORED = "A backup was restored, and it may have been sent before."


def replay(db: Db, seal: Seal, ledger: Ledger, now: datetime) -> dict[str, int]:
    """Take back what the backup has and the ledger has not; how many of each kind that were."""
    end_what_was_under_way(db, now)
    done = {"erased": _erase(db, seal, ledger, now)}
    done |= {"disconnected": _disconnect(db, seal, ledger), "people": _people(db, seal, ledger, now)}
    granted, invited, keys = set(ledger.grants), set(ledger.invitations), set(ledger.keys)
    done["grants"] = _delete(db, [each for each in db.exec(select(Grant)).all() if of_grant(seal, each) not in granted])
    invitations = db.exec(select(Invitation)).all()
    done["invitations"] = _delete(db, [each for each in invitations if of_invitation(seal, each) not in invited])
    done["keys"] = _delete(db, [each for each in db.exec(select(AccessKey)).all() if each.digest not in keys])
    left = set(ledger.librarians)
    ended = [each for each, slug in librarians(db) if of_librarian(seal, each, slug) not in left]
    done |= {"librarians": _delete(db, ended), "comments": _comments(db, ledger)}
    done |= {"vouchers": _vouchers(db, ledger, now), "titles": _titles(db, ledger)}
    raise_revision(db)
    return done


def end_what_was_under_way(db: Db, now: datetime) -> None:
    """End every session and link, give back every job, and send no mail that may have gone out since."""
    for table in ENDED:
        db.exec(sa.delete(table))
    db.exec(sa.update(Ticket).where(col(Ticket.revoked_at).is_(None)).values(revoked_at=now))
    db.exec(sa.update(Job).values(leased_by=None, leased_until=None))
    waiting = col(OutgoingMail.state).in_((MailState.WAITING, MailState.SENDING))
    db.exec(
        sa.update(OutgoingMail)
        .where(waiting)
        .values(state=MailState.GIVEN_UP, fault=RESTORED, claim=None, claimed_until=None)
    )


def _erase(db: Db, seal: Seal, ledger: Ledger, now: datetime) -> int:
    """Accounts that were erased, by the ledger's own list or because none of their identities is left."""
    known = [(digest, datetime.fromisoformat(at)) for digest, at in ledger.erasures]
    count = closure.replay_erasures(db, seal, known, now)
    left, gone = set(ledger.identities), dict[int, bool]()
    for identity in db.exec(select(Identity)).all():
        is_gone = of_identity(seal, identity) not in left
        gone[identity.user_id] = gone.get(identity.user_id, True) and is_gone
    for user_id in (user_id for user_id, is_gone in gone.items() if is_gone):
        closure.erase(db, seal, user_id, now)
        count += 1
    return count


def _disconnect(db: Db, seal: Seal, ledger: Ledger) -> int:
    left = set(ledger.identities)
    return _delete(db, [each for each in db.exec(select(Identity)).all() if of_identity(seal, each) not in left])


def _people(db: Db, seal: Seal, ledger: Ledger, now: datetime) -> int:
    """Roles, closed doors and closing accounts as the ledger has them; how many accounts are not as in the backup."""
    disabled, changed = set(ledger.disabled), set[int | None]()
    for identity, user in db.exec(select(Identity, User).join(User, col(User.id) == col(Identity.user_id))).all():
        digest = of_identity(seal, identity)
        role, closing = ledger.roles.get(digest, str(Role.READER)), ledger.closing.get(digest)
        closing_at = datetime.fromisoformat(closing) if closing is not None else None
        disabled_at = (user.disabled_at or now) if digest in disabled else None
        if (user.role, user.closing_at, user.disabled_at) != (role, closing_at, disabled_at):
            user.role, user.closing_at, user.disabled_at = role, closing_at, disabled_at
            db.add(user)
            changed.add(user.id)
    return len(changed)


def _comments(db: Db, ledger: Ledger) -> int:
    """Comments that were deleted since, or hidden by the press; the latest first, so that replies go before theirs."""
    count = 0
    for comment in db.exec(select(Comment).order_by(col(Comment.id).desc())).all():
        standing = ledger.comments.get(str(comment.id), Standing.DELETED)
        if standing == comment.standing or comment.standing == Standing.DELETED:
            continue
        if standing == Standing.DELETED:
            take_away(db, comment)
        elif standing == Standing.HIDDEN:
            comment.standing, comment.needs_press = standing, False
            db.add(comment)
        else:
            continue  # the press shows it again
        count += 1
    db.flush()
    return count


def _vouchers(db: Db, ledger: Ledger, now: datetime) -> int:
    count = 0
    for voucher in db.exec(select(Voucher).where(col(Voucher.revoked_at).is_(None))).all():
        left = ledger.vouchers.get(voucher.digest)
        if left is None or left < voucher.uses_left:
            voucher.uses_left = left or 0
            voucher.revoked_at = now if left is None else None
            db.add(voucher)
            count += 1
    return count


def _titles(db: Db, ledger: Ledger) -> int:
    """State, opening and rules as the press had them last; nothing becomes public by it. A dropped plan goes."""
    count, rules, houses = 0, rules_of(db), set(db.exec(select(Institution.slug)).all())
    for title in db.exec(select(Title)).all():
        assert title.id is not None
        state, opens, ladder, is_planned = ledger.titles.get(str(title.id), (State.DRAFT, None, [], False))
        opens_at = datetime.fromisoformat(opens) if opens is not None else None
        if not is_planned:
            db.exec(sa.delete(ScheduledPublication).where(col(ScheduledPublication.title_id) == title.id))
        is_less_open = state != State.PUBLISHED and title.state != state
        if not is_less_open and title.opens_at == opens_at and rules(title.id) == [tuple(rule) for rule in ladder]:
            continue
        title.state, title.opens_at = state if is_less_open else title.state, opens_at
        db.add(title)
        asked = [AskedRule(RuleKind(kind), argument) for kind, argument in ladder]
        set_ladder(
            db, title.id, [each for each in asked if each.kind != RuleKind.INSTITUTION or each.argument in houses]
        )
        count += 1
    return count


def _delete(db: Db, rows: Sequence[SQLModel]) -> int:
    for row in rows:
        db.delete(row)
    db.flush()
    return len(rows)
