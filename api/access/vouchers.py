"""Vouchers: a code that readers type in. Each redemption takes one use and becomes a grant of its reader."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.access.rules import give_grant
from api.database import hold
from api.errors import Conflict, Invalid, NotFound
from api.seal import Seal, new_secret
from api.spoken import N_
from api.tables import Audit, Grant, Redemption, RuleKind, Title, Voucher

PURPOSE = "voucher"
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, without letters that look like digits
LENGTH, GROUP = 16, 4  # 80 bits
MOST_USES = 100_000
LEAF = 50  # vouchers on one leaf of the desk's list
NO_SUCH_CODE = N_("That code does not open this title")
_LOOK_ALIKES = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Made:
    """A new voucher. The code leaves the portal once; only its digest is kept."""

    voucher: Voucher
    code: str


def make(
    db: Db,
    seal: Seal,
    title_id: int,
    *,
    uses: int,
    ends_at: datetime,
    now: datetime,
    order: str | None = None,
    by: int | None = None,
) -> Made:
    """A voucher for so many readers until `ends_at`; Invalid where nobody could ever use it.

    One `order`, a secret that a form was given, makes one voucher: sent twice, it brings the same code back.
    """
    if not 1 <= uses <= MOST_USES:
        raise Invalid(N_("A voucher serves 1 to {most_uses} readers.", most_uses=MOST_USES))
    if ends_at <= now:
        raise Invalid(N_("A voucher has to end in the future."))
    random = seal.digest("voucher-order", f"{title_id} {order or new_secret()}")
    signs = "".join(SIGNS[each % len(SIGNS)] for each in bytes.fromhex(random)[:LENGTH])
    code = "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    digest = seal.digest(PURPOSE, _plain(code))
    hold(db, f"voucher {digest}")
    made = db.exec(select(Voucher).where(Voucher.digest == digest)).first()
    if made is not None:
        return Made(made, code)
    voucher = Voucher(
        title_id=title_id,
        digest=digest,
        uses=uses,
        uses_left=uses,
        made_at=now,
        ends_at=ends_at,
    )
    db.add(voucher)
    db.flush()
    _note(db, "made", voucher, by, f"{uses} uses, until {ends_at.isoformat(timespec='minutes')}")
    return Made(voucher, code)


def redeem(db: Db, seal: Seal, title_id: int, reader: Reader, code: str, now: datetime) -> None:
    """Let `reader` in by `code`, or NotFound, whatever is wrong with it. Of many at once, `uses` readers win."""
    voucher = db.exec(
        select(Voucher).where(Voucher.digest == seal.digest(PURPOSE, _plain(code)), Voucher.title_id == title_id)
    ).first()
    if voucher is None or not _first_time(db, voucher, reader, now):
        raise does_not_open()
    taken = db.connection().execute(
        sa.update(Voucher)
        .where(
            col(Voucher.id) == voucher.id,
            col(Voucher.uses_left) > 0,
            col(Voucher.ends_at) > now,
            col(Voucher.revoked_at).is_(None),
        )
        .values(uses_left=col(Voucher.uses_left) - 1)
    )
    if taken.rowcount == 0:
        raise does_not_open()
    give_grant(db, title_id, reader.issuer, reader.subject, RuleKind.VOUCHER, voucher.id)


def does_not_open() -> NotFound:
    """The one answer to every code that fails: unknown, another title's, used, ended or revoked."""
    return NotFound(N_("Look for a typing mistake, or ask whoever gave it to you."), heading=NO_SUCH_CODE)


def leaf(db: Db, title_id: int, before: int | None = None) -> tuple[list[Voucher], int | None]:
    """Some of a title's vouchers, the newest first; and where more follow, the id to go on before."""
    own = select(Voucher).where(Voucher.title_id == title_id).order_by(col(Voucher.id).desc()).limit(LEAF + 1)
    found = db.exec(own if before is None else own.where(col(Voucher.id) < before)).all()
    return list(found[:LEAF]), found[LEAF - 1].id if len(found) > LEAF else None


def revoke(db: Db, voucher_id: int, now: datetime, *, with_readers: bool, by: int | None = None) -> int:
    """End a voucher, and where `with_readers` also what it gave. How many readers lost their access by it."""
    voucher = db.get(Voucher, voucher_id)
    if voucher is None:
        raise NotFound(N_("There is no voucher {voucher_id}.", voucher_id=voucher_id))
    if voucher.revoked_at is not None and not with_readers:
        raise Conflict(N_("Voucher {voucher_id} is revoked already.", voucher_id=voucher_id))
    is_new, voucher.revoked_at = voucher.revoked_at is None, voucher.revoked_at or now
    db.add(voucher)
    if not with_readers:
        _note(db, "revoked", voucher, by, "")
        return 0
    taken = db.connection().execute(sa.delete(Grant).where(col(Grant.voucher_id) == voucher_id))
    if is_new or taken.rowcount:
        _note(db, "revoked", voucher, by, f"with {taken.rowcount} readers")
    return taken.rowcount


def standing(voucher: Voucher, now: datetime) -> str:
    """`open`, `revoked`, `ended` or `used up`."""
    if voucher.revoked_at is not None:
        return "revoked"
    if now >= voucher.ends_at:
        return "ended"
    return "open" if voucher.uses_left else "used up"


def _note(db: Db, what: str, voucher: Voucher, by: int | None, words: str) -> None:
    slug = db.get_one(Title, voucher.title_id).slug
    said = f"voucher {voucher.id}{': ' if words else ''}{words}"
    db.add(Audit(actor_user_id=by, action=f"voucher-{what}", object=f"title {slug}", words=said))


def _first_time(db: Db, voucher: Voucher, reader: Reader, now: datetime) -> bool:
    """Note that the reader uses this voucher. False if they have before, whatever became of what it gave."""
    assert voucher.id is not None
    try:
        with db.begin_nested():
            db.add(Redemption(voucher_id=voucher.id, user_id=reader.user_id, redeemed_at=now))
    except IntegrityError:
        return False
    return True


def _plain(code: str) -> str:
    """The code as it is digested: upper case, no hyphens or spaces, look-alikes told apart."""
    return re.sub(r"[\s-]", "", code).upper().translate(_LOOK_ALIKES)
