"""What is kept about a reader, why, and for how long: the one table that pages are made from and jobs obey."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from api.comments import typed
from api.notices import outbox
from api.signin import log, sessions
from api.spoken import N_
from api.tables import Audit, CopyRequest, Erasure, FairUseNote, Intake, OutgoingMail, SignIn, TypedDraft
from api.usage import salts

UNDO = timedelta(days=7)  # between closing an account and its end
LINKS = timedelta(days=30)  # after they have run out
KEYS = timedelta(days=30)  # after their end
ACTS = timedelta(days=730)
ERASURES = timedelta(days=90)
FILES_SENT = timedelta(days=730)  # after they were ready or rejected
FAIR_USE = timedelta(days=30)
COPIES = timedelta(days=365)  # after the answer
TYPED = timedelta(days=90)  # after the last key


@dataclass(frozen=True)
class Kept:
    """One kind of data, in words for the person it is about."""

    what: str
    why: str
    how_long: str


def _days(length: timedelta) -> str:
    return N_("{n}\u00a0day", "{n}\u00a0days", n=length.days)


def _hours(length: timedelta) -> str:
    return N_("{n}\u00a0hour", "{n}\u00a0hours", n=length // timedelta(hours=1))


def _months(length: timedelta) -> str:
    return N_("{n}\u00a0month", "{n}\u00a0months", n=length // timedelta(days=365) * 12)


KEPT = (
    Kept(N_("Name and email address"), N_("to show who is signed in"), N_("until you delete")),
    Kept(N_("Your language, if you chose one"), N_("to speak it to you"), N_("until you take it back")),
    Kept(N_("Ways to sign in"), N_("to know you again by your number at each provider"), N_("until you disconnect")),
    Kept(
        N_("What they vouch for"),
        N_("to let you read what is open to your institution, ORCID iD or address"),
        N_("until you sign in again"),
    ),
    Kept(
        N_("Sessions"),
        N_("to keep you signed in"),
        N_("{days}, or {hours} unused", days=_days(sessions.LIFETIME), hours=_hours(sessions.IDLE)),
    ),
    Kept(N_("Sign-in log"), N_("so that you can see who was here"), _days(log.KEPT)),
    Kept(N_("Your titles"), N_("to show what you hold, and when a newer edition is here"), N_("until you remove them")),
    Kept(
        N_("Where you stopped reading"),
        N_("to bring you back to that page in the browser"),
        N_("until you delete it"),
    ),
    Kept(N_("Notices"), N_("to tell you what has changed in a title you hold"), N_("until you delete")),
    Kept(N_("Whether you want mail"), N_("so that none is sent unasked"), N_("until you say no")),
    Kept(
        N_("Whose librarian you are"),
        N_("to show you its reports"),
        N_("until the press ends it, or you delete"),
    ),
    Kept(
        N_("Mail to you"),
        N_("so that none is sent twice, and faults are found; without your address"),
        _days(outbox.KEPT),
    ),
    Kept(N_("Links you made"), N_("to say why one has ended"), _days(LINKS)),
    Kept(
        N_("Copies with your name"),
        N_("where the press has them stamped, so that yours stays the same and its number leads to you"),
        N_("as long as the links you made; the number, until you remove the title"),
    ),
    Kept(
        N_("How much you download"),
        N_("so that programs can’t empty the shelf: a sum for each day, not by title"),
        N_("a day; that it was too much, {days}", days=_days(FAIR_USE)),
    ),
    Kept(N_("Titles’ lists"), N_("to let you read what names its readers"), N_("until the press ends them")),
    Kept(N_("Terms you accepted"), N_("to ask you once only"), N_("until you delete")),
    Kept(
        N_("Codes and requests"), N_("so that a code counts once, and the press can answer you"), N_("until you delete")
    ),
    Kept(
        N_("Accessible copies you ask for"),
        N_("so that the press can help you, in your own words"),
        N_("{months} after the answer", months=_months(COPIES)),
    ),
    Kept(
        N_("Access keys"),
        N_("to let your programs in, and to say why one fails"),
        N_("{days} after their end", days=_days(KEYS)),
    ),
    Kept(
        N_("Files you sent"),
        N_("where you work for the press, to say what became of them"),
        _months(FILES_SENT),
    ),
    Kept(
        N_("What you typed at the desk"),
        N_("where you work for the press, so that a closed tab loses nothing"),
        N_("until you save or discard it, {days} at most", days=_days(TYPED)),
    ),
    Kept(
        N_("Comments, those you report, and a mark as a title’s author"),
        N_("to show what you say with your name, and so that the press hears of what should not stand there"),
        N_(
            "until you delete them, or the press has looked. Your account’s end deletes them or your name, "
            "as you choose"
        ),
    ),
    Kept(
        N_("A comment sent after a sign-in had ended"),
        N_("so that it is there when you are back; without your name"),
        N_("{n}\u00a0minute", "{n}\u00a0minutes", n=typed.KEPT // timedelta(minutes=1)),
    ),
    Kept(N_("Account changes"), N_("to answer for them; without names"), _months(ACTS)),
    Kept(
        N_("Proof of deletion"),
        N_("so that no backup brings you back; your name can’t be read from it"),
        _days(ERASURES),
    ),
    Kept(
        N_("What you read, for counts"),
        N_("to tell the press what is read"),
        N_("not tied to you after {days}", days=_days(salts.KEPT)),
    ),
    Kept(N_("Internet addresses"), N_("not needed"), N_("never")),
)


def forget_old(db: Db, now: datetime) -> int:
    """Remove the lines about people that have been kept for as long as the table says; how many."""
    over: tuple[tuple[type[SQLModel], Any], ...] = (
        (SignIn, col(SignIn.at) <= now - log.KEPT),
        (Audit, col(Audit.at) <= now - ACTS),
        (Intake, col(Intake.finished_at) <= now - FILES_SENT),
        (OutgoingMail, col(OutgoingMail.made_at) <= now - outbox.KEPT),
        (CopyRequest, col(CopyRequest.answered_at) <= now - COPIES),
        (FairUseNote, col(FairUseNote.at) <= now - FAIR_USE),
        (TypedDraft, col(TypedDraft.at) <= now - TYPED),
        (Erasure, col(Erasure.erased_at) <= now - ERASURES),
    )
    return sum(db.connection().execute(sa.delete(table).where(is_over)).rowcount for table, is_over in over)
