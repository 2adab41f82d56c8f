"""Who has which right at an instant, without a name: what a restored backup is held against.

What was erased, revoked, disconnected, withdrawn or made stricter after a backup is in the backup still. The ledger
says what is left, so whatever the backup has beyond that goes: no act has to be kept in mind for it. People are in
it as keyed digests, which only the portal's secret key makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.seal import Seal
from api.tables import (
    AccessKey,
    Comment,
    Erasure,
    Grant,
    Identity,
    Institution,
    Invitation,
    Librarian,
    Role,
    Rule,
    ScheduledPublication,
    Title,
    User,
    Voucher,
)

PURPOSE = "ledger"


@dataclass(frozen=True)
class Ledger:
    """Rights as they stood at `made_at` (ISO 8601). Identities, grants and invitations are keyed digests.

    `roles`, `disabled` and `closing` are by identity; `titles` by id: state, opening, rules, and whether a
    publication is planned; `comments` by id, how each stands. `secret` tells whether the secret key is the one that
    made the digests.
    """

    made_at: str
    secret: str
    erasures: list[tuple[str, str]]
    identities: list[str]
    roles: dict[str, str]
    disabled: list[str]
    closing: dict[str, str]
    grants: list[str]
    invitations: list[str]
    keys: list[str]
    librarians: list[str]
    vouchers: dict[str, int]
    titles: dict[str, tuple[str, str | None, list[tuple[str, str | None]], bool]]
    comments: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def written(db: Db, seal: Seal, now: datetime) -> Ledger:
    """The ledger of this moment."""
    people = [
        (of_identity(seal, identity), user)
        for identity, user in db.exec(select(Identity, User).join(User, col(User.id) == col(Identity.user_id))).all()
    ]
    vouchers = db.exec(select(Voucher).where(col(Voucher.revoked_at).is_(None))).all()
    return Ledger(
        made_at=now.isoformat(),
        secret=of_secret(seal),
        erasures=[(each.digest, each.erased_at.isoformat()) for each in db.exec(select(Erasure)).all()],
        identities=[digest for digest, _ in people],
        roles={digest: user.role for digest, user in people if user.role != Role.READER},
        disabled=[digest for digest, user in people if user.disabled_at is not None],
        closing={digest: user.closing_at.isoformat() for digest, user in people if user.closing_at is not None},
        grants=[of_grant(seal, grant) for grant in db.exec(select(Grant)).all()],
        invitations=[of_invitation(seal, each) for each in db.exec(select(Invitation)).all()],
        keys=list(db.exec(select(AccessKey.digest)).all()),
        librarians=[of_librarian(seal, each, slug) for each, slug in librarians(db)],
        vouchers={voucher.digest: voucher.uses_left for voucher in vouchers},
        titles=_titles(db),
        comments={str(id): standing for id, standing in db.exec(select(Comment.id, Comment.standing)).all()},
    )


def of_secret(seal: Seal) -> str:
    return seal.digest(PURPOSE, "which secret key")[:16]


def of_identity(seal: Seal, identity: Identity) -> str:
    """Who came back after an erasure is another identity, so when it was made is part of it."""
    return _digest(seal, "identity", identity.issuer, identity.subject, identity.created_at.isoformat())


def of_grant(seal: Seal, grant: Grant) -> str:
    return _digest(seal, "grant", str(grant.title_id), grant.issuer, grant.subject, grant.source)


def of_invitation(seal: Seal, invitation: Invitation) -> str:
    return _digest(seal, "invitation", str(invitation.title_id), invitation.email)


def of_librarian(seal: Seal, librarian: Librarian, institution: str) -> str:
    return _digest(seal, "librarian", institution, librarian.issuer, librarian.subject)


def librarians(db: Db) -> Sequence[tuple[Librarian, str]]:
    """Each with the slug of its institution."""
    return db.exec(select(Librarian, Institution.slug).join(Institution)).all()


def rules_of(db: Db) -> Callable[[int | None], list[tuple[str, str | None]]]:
    """The rules of a title by its id, in their order."""
    found: dict[int | None, list[tuple[str, str | None]]] = {}
    for rule in db.exec(select(Rule).order_by(col(Rule.title_id), col(Rule.position))).all():
        found.setdefault(rule.title_id, []).append((rule.kind, rule.argument))
    return lambda title_id: found.get(title_id, [])


def _titles(db: Db) -> dict[str, tuple[str, str | None, list[tuple[str, str | None]], bool]]:
    rules, planned = rules_of(db), set(db.exec(select(ScheduledPublication.title_id)).all())
    rows = db.connection().execute(sa.select(col(Title.id), col(Title.state), col(Title.opens_at))).all()
    return {
        str(id): (state, opens_at.isoformat() if opens_at is not None else None, rules(id), id in planned)
        for id, state, opens_at in rows
    }


def _digest(seal: Seal, *words: str) -> str:
    return seal.digest(PURPOSE, "\n".join(words))[:32]
