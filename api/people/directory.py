"""Finding readers: by name, handle, number or address, or by what they are; a leaf at a time, by indexes alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.errors import Invalid
from api.spoken import N_
from api.tables import Identity, Role, User
from api.tables.people import begins, key_of_address, key_of_name

LEAF = 50  # readers on one leaf
LONGEST = 200  # characters of what is looked for
MOST_STAFF = 500
STAFF = (Role.ADMINISTRATOR, Role.EDITOR, Role.LIBRARIAN)
SHOWN: dict[str, sa.ColumnElement[bool]] = {
    **{str(role): col(User.role) == role for role in STAFF},
    "disabled": col(User.disabled_at).is_not(None),
    "closing": col(User.closing_at).is_not(None),
}
Which = tuple[sa.ColumnElement[bool], ...]  # what narrows it down
_NUMBER = re.compile(r"#?([1-9][0-9]{0,8})")
_HANDLE = re.compile(r"([A-Za-z0-9_-]{1,40}):(.{1,255})")
_MARK = re.compile(r"([0-9a-f]{0,4000})-([1-9][0-9]{0,17})")


class Mark(NamedTuple):
    """Where a leaf ended: the key that was found (empty without one) and the row's id."""

    key: bytes
    id: int

    def __str__(self) -> str:
        return f"{self.key.hex()}-{self.id}"

    @classmethod
    def of(cls, text: str) -> "Mark | None":
        found = _MARK.fullmatch(text)
        return cls(bytes.fromhex(found[1]), int(found[2])) if found and len(found[1]) % 2 == 0 else None


@dataclass(frozen=True)
class Line:
    """A reader in a list. `handles` are `<provider id>:<subject>`, the first they came with first."""

    id: int
    name: str | None
    handles: tuple[str, ...]
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    closing_at: datetime | None


@dataclass(frozen=True)
class Leaf:
    """One leaf. Where more follows, `last` is the mark to ask for it with."""

    lines: list[Line]
    last: Mark | None


def find(db: Db, words: str, shown: str, after: Mark | None, *, by_address: bool) -> Leaf:
    """Who fits `words` and is `shown` (one of SHOWN, or empty for all).

    Words are an account's number, a whole handle, the beginning of a name or of its last word, or, where
    `by_address`, an e-mail address or `@` and a domain. Raises Invalid, in words, for what can't be looked for.
    """
    words = " ".join(words.split())
    if len(words) > LONGEST:
        raise Invalid(N_("Look for at most {longest} characters.", longest=LONGEST))
    if not words.isprintable():
        raise Invalid(N_("That has a sign in it that no name has."))
    which = (SHOWN[shown],) if shown else ()
    if not words:
        return _latest(db, which, after)
    if number := _NUMBER.fullmatch(words):
        return _whole(db, sa.select(col(User.id)).where(col(User.id) == int(number[1]), *which))
    if handle := _HANDLE.fullmatch(words):
        mine = sa.select(col(User.id)).join(Identity, col(Identity.user_id) == col(User.id))
        named = (col(Identity.subject) == handle[2].strip(), col(Identity.provider) == handle[1])
        return _whole(db, mine.where(*named, *which).limit(LEAF))
    if "@" in words:
        if not by_address:
            raise Invalid(N_("Only administrators find readers by address. Look for a name, a handle or a number."))
        return _by_address(db, words, which, after)
    return _by_name(db, words, which, after)


def staff(db: Db) -> list[Line]:
    """Everyone with a role, administrators first, by name."""
    ids = _ids(db, sa.select(col(User.id)).where(col(User.role).in_(STAFF)).limit(MOST_STAFF))
    return sorted(lines(db, ids), key=lambda each: (STAFF.index(each.role), key_of_name(each.name or ""), each.id))


def _latest(db: Db, which: Which, after: Mark | None) -> Leaf:
    """The accounts made last first."""
    found = sa.select(col(User.id)).where(*which)
    if after is not None:
        found = found.where(col(User.id) < after.id)
    ids = _ids(db, found.order_by(col(User.id).desc()).limit(LEAF + 1))
    return Leaf(lines(db, ids[:LEAF]), Mark(b"", ids[LEAF - 1]) if len(ids) > LEAF else None)


def _whole(db: Db, found: "sa.Select[Any]") -> Leaf:
    return Leaf(lines(db, _ids(db, found)), None)


def _ids(db: Db, found: "sa.Select[Any]") -> list[int]:
    return list(db.connection().scalars(found))


def _by_name(db: Db, words: str, which: Which, after: Mark | None) -> Leaf:
    """By the whole name and by its last word, each along its own index; who fits by both comes once."""
    prefix = key_of_name(words)
    if not prefix:
        raise Invalid(N_("There is no letter or digit in that."))
    keys: tuple[Any, ...] = (
        col(User.id).label("id"),
        col(User.name_key).label("whole"),
        col(User.last_name_key).label("last"),
    )
    users: sa.Select[Any] = sa.select(*keys)
    # few are shown of many: they are gathered first, for many may have a name that begins so
    shown = users.where(*which).cte("shown").prefix_with("MATERIALIZED").c if which else users.selected_columns
    found = [
        *_along(db, shown.whole, shown.id, shown.id, prefix, after),
        *_along(db, shown.last, shown.id, shown.id, prefix, after, ~begins(shown.whole, prefix)),
    ]
    return _leaf(db, sorted(found))


def _by_address(db: Db, words: str, which: Which, after: Mark | None) -> Leaf:
    """By what providers gave as an address, verified or not: all of a domain, or one."""
    key = key_of_address(words)
    is_it = () if words.startswith("@") else (col(Identity.email_key) == key,)
    whose = sa.exists().where(col(User.id) == col(Identity.user_id), *which)
    return _leaf(
        db, _along(db, col(Identity.email_key), col(Identity.id), col(Identity.user_id), key, after, *is_it, whose)
    )


Found = tuple[bytes, int, int]  # the key, the row's id, and the user's


def _along(
    db: Db,
    key: Any,
    row_id: Any,
    user_id: Any,
    prefix: bytes,
    after: Mark | None,
    *conditions: sa.ColumnElement[bool],
) -> Sequence[Found]:
    """What begins with `prefix`, in the order of the index on key and id, one more than a leaf has."""
    found = sa.select(key, row_id, user_id).where(begins(key, prefix), *conditions)
    if after is not None:
        mark = sa.tuple_(sa.literal(after.key, sa.LargeBinary), sa.literal(after.id))
        found = found.where(sa.tuple_(key, row_id) > mark)
    rows = db.connection().execute(found.order_by(key, row_id).limit(LEAF + 1))
    return [(bytes(row[0]), row[1], row[2]) for row in rows]


def _leaf(db: Db, found: Sequence[Found]) -> Leaf:
    shown = found[:LEAF]
    ids = list(dict.fromkeys(user_id for _, _, user_id in shown))
    return Leaf(lines(db, ids), Mark(*shown[-1][:2]) if len(found) > LEAF else None)


def lines(db: Db, ids: Sequence[int]) -> list[Line]:
    """The readers of these ids, in this order."""
    users = {user.id: user for user in db.exec(select(User).where(col(User.id).in_(ids)))}
    handles: dict[int, list[str]] = {}
    named = select(Identity.user_id, Identity.provider, Identity.subject).where(col(Identity.user_id).in_(ids))
    for user_id, provider, subject in db.exec(named.order_by(col(Identity.id))):
        handles.setdefault(user_id, []).append(f"{provider}:{subject}")
    return [_line(users[each], tuple(handles.get(each, ()))) for each in ids if each in users]


def _line(user: User, handles: tuple[str, ...]) -> Line:
    assert user.id is not None
    return Line(user.id, user.name, handles, Role(user.role), user.created_at, user.disabled_at, user.closing_at)
