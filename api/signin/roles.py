"""Roles change by an administrator's fresh sign-in, and one administrator always stays."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.errors import Conflict, Denied
from api.signin import sessions
from api.signin.sessions import Held
from api.spoken import N_
from api.tables import Audit, Role, User


def change_role(db: Db, actor: Held | None, user: User, role: Role, *, next_path: str = "/account") -> bool:
    """Give `user` another role; False if they had it. Their sessions end: none outlives what it was begun with.

    `actor` None is the operator at the command line. Raises Denied for anyone but an administrator, SignInAgain
    (to come back to `next_path`) where their sign-in is not fresh, Conflict for the last administrator.
    """
    if actor is not None:
        must_be_administrator(db, actor)
        actor.must_be_recent(next_path)
    if user.role == role:
        return False
    if role != Role.ADMINISTRATOR:
        protect_last_administrator(db, user)
    assert user.id is not None
    words = f"{user.role} → {role}"
    user.role = role
    db.add(user)
    sessions.end_all(db, user.id)
    actor_id = actor.reader.user_id if actor is not None else None
    db.add(Audit(actor_user_id=actor_id, action="role-changed", object="account", user_id=user.id, words=words))
    return True


def protect_last_administrator(db: Db, user: User) -> None:
    """Raise Conflict where, without `user`, no administrator were left who can sign in and stays."""
    administrators = db.exec(
        select(User)
        .where(
            col(User.role) == Role.ADMINISTRATOR,
            col(User.disabled_at).is_(None),
            col(User.closing_at).is_(None),
        )
        .with_for_update()
    ).all()
    if {each.id for each in administrators} == {user.id}:
        raise Conflict(
            N_("This is the last administrator; make someone else one first."),
            heading=N_("Somebody has to administer"),
            way_on=("/account", N_("Back to your account")),
        )


def must_be_administrator(db: Db, actor: Held) -> None:
    """By the row as it is now: a role may have been taken since the request began. Raises Denied."""
    row = db.get(User, actor.reader.user_id, with_for_update=True, populate_existing=True)
    if row is None or row.role != Role.ADMINISTRATOR or row.disabled_at is not None:
        raise Denied(N_("Only an administrator does this."))
