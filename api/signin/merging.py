"""Two accounts of one person become one: all that points to the other user points to the kept one."""

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.database import raise_revision
from api.errors import Gone
from api.seal import Seal
from api.signin import sessions
from api.tables import Audit, MergeOffer, Role, User, metadata

ROLES = tuple(Role)  # from the least to the most


def merge(db: Db, seal: Seal, offer: MergeOffer) -> str:
    """Spend the offer; the new secret of the session it was made to. Where the role rises all others end.

    Identities, sessions, links, holdings and the log move; the higher role stays. Grants name identities, so they
    follow by themselves. Raises Gone where another request was quicker.
    """
    kept_id, other_id, session_id = offer.user_id, offer.other_user_id, offer.session_id
    both = (kept_id, other_id)
    concerned = col(MergeOffer.user_id).in_(both) | col(MergeOffer.other_user_id).in_(both)
    ended = db.exec(sa.delete(MergeOffer).where(concerned).returning(col(MergeOffer.id))).scalars().all()
    if offer.id not in ended:
        raise Gone
    users = db.exec(select(User).where(col(User.id).in_(both)).with_for_update()).all()
    kept, other = sorted(users, key=lambda user: user.id != kept_id)
    has_one_role = kept.role == other.role
    kept.role = max(kept.role, other.role, key=lambda role: ROLES.index(Role(role)))
    role = kept.role
    kept.name, kept.email = kept.name or other.name, kept.email or other.email
    kept.language = kept.language or other.language
    db.flush()
    for column in pointers_to_users():
        _move(db, column, other_id, kept_id)
    db.exec(sa.delete(User).where(col(User.id) == other_id))
    db.expire_all()
    raise_revision(db)  # what one of them has said below titles stands under the kept name now
    db.add(
        Audit(
            actor_user_id=kept_id,
            action="accounts-merged",
            object="account",
            user_id=kept_id,
            words=f"with another account of the same reader; role {role}",
        )
    )
    if not has_one_role:
        sessions.end_all(db, kept_id, but=session_id)
    return sessions.rotate(db, seal, session_id)


def pointers_to_users() -> list[sa.Column[int]]:
    """Every column of every table that points to a user."""
    return [
        key.parent
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table.name == "user"
    ]


def _move(db: Db, column: "sa.Column[int]", other_id: int, kept_id: int) -> None:
    """Let the rows follow; where both users have what may be there once, the kept user's row stays."""
    table = column.table
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint) and column.name in constraint.columns:
            twin = table.alias()
            same = [table.c[each.name] == twin.c[each.name] for each in constraint.columns if each.name != column.name]
            has_twin = sa.exists().where(twin.c[column.name] == kept_id, *same)
            db.exec(sa.delete(table).where(column == other_id, has_twin))
    db.exec(sa.update(table).where(column == other_id).values({column.name: kept_id}))
