"""The month's use by mail, for those of the staff who want it: who that is, putting it in, and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from babel.dates import format_skeleton
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access.policy import Reader
from api.notices import choice, outbox
from api.spoken import N_, gettext, locale, told
from api.tables import OutgoingMail, Role, SummaryChoice, UsageMonth, User
from api.usage.days import are_summed
from api.usage.months import Month
from api.usage.press import month_of

SUMMARY = "usage-summary"
IS_NEWS = timedelta(days=10)  # after a month's end; who comes to the desk later is not told of it
MOST = 5  # titles that are named
STAFF = (Role.EDITOR, Role.ADMINISTRATOR)
FIGURES = {
    "viewers": N_("{count} people saw a title’s page ({before} in the month before)"),
    "arrivals": N_("{count} people signed in ({before} in the month before)"),
    "reads": N_("{count} reads in the browser ({before} in the month before)"),
    "downloads": N_("{count} downloads ({before} in the month before)"),
}


@dataclass(frozen=True)
class Standing:
    """Whether someone gets the summary, and at which address; without one nothing is sent."""

    wants: bool
    address: str | None


def standing(db: Db, reader: Reader) -> Standing:
    return Standing(_wants(db, reader.user_id, reader.role), choice.address_of(db, reader.user_id))


def choose(db: Db, user_id: int, wants: bool) -> None:
    """What someone says of it stays said, whatever becomes of their role."""
    db.get_one(User, user_id, with_for_update=True)  # said twice at the same moment
    row = db.exec(select(SummaryChoice).where(SummaryChoice.user_id == user_id)).first()
    row = row or SummaryChoice(user_id=user_id, wants=wants)
    row.wants = wants
    db.add(row)


def are_wanted(db: Db, user: User) -> bool:
    """Administrators get it unless they said no, editors if they said yes, others never."""
    assert user.id is not None
    return user.role in STAFF and _wants(db, user.id, Role(user.role))


def tell(db: Db, now: datetime) -> int:
    """Put the last month's summary in once it is closed; how many mails that made. Asked again it makes none."""
    month = Month.of(now).before
    if now > month.ends_at + IS_NEWS or db.get(UsageMonth, str(month)) is None or not are_summed(db, month):
        return 0
    key = f"usage {month}"
    has_said = sa.exists().where(col(SummaryChoice.user_id) == col(User.id))
    has_it = sa.exists().where(col(OutgoingMail.user_id) == col(User.id), col(OutgoingMail.key) == key)
    readers = select(User.id).where(
        col(User.role).in_(STAFF),
        ~has_it,
        choice.can_get_mail(),
        sa.or_(
            has_said.where(col(SummaryChoice.wants)),
            sa.and_(col(User.role) == Role.ADMINISTRATOR, ~has_said),
        ),
    )
    return outbox.put(db, readers, SUMMARY, {"month": str(month)}, key, now)  # type: ignore[arg-type]


def words(db: Db, month: Month) -> tuple[str, Sequence[str]]:
    """The subject, and the paragraphs."""
    this, last, most_used = month_of(db, month, MOST)
    name = format_skeleton("yMMMM", month.first_day, locale=locale())
    figures = [
        gettext(said).format(count=told(this[figure].text), before=told(last[figure].text))
        for figure, said in FIGURES.items()
    ]
    opening = N_("What came of the titles here in {month}. People are counted once a day.", month=name)
    parts = [opening.told(), "\n".join(figures)]
    if most_used:
        titles = [f"{told(shown.text)}  {title}" for title, shown in most_used]
        parts.append("\n".join([gettext("Read or downloaded most:"), *titles]))
    parts.append(gettext("Figures under five are hidden. Robots are left out, and no reader is named."))
    return N_("Use in {month}", month=name).told(), parts


def said(db: Db, user_id: int) -> bool | None:
    """What someone has said of it, if anything."""
    return db.exec(select(SummaryChoice.wants).where(SummaryChoice.user_id == user_id)).first()


def _wants(db: Db, user_id: int, role: Role) -> bool:
    own_words = said(db, user_id)
    return own_words if own_words is not None else role == Role.ADMINISTRATOR
