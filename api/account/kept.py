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


def _in_words(count: int, unit: str) -> str:
    return f"{count}\u00a0{unit}"


def _days(length: timedelta) -> str:
    return _in_words(length.days, "days")


KEPT = (
    Kept("Name and email address", "to show who is signed in", "until you delete"),
    Kept("Ways to sign in", "to know you again by your number at each provider", "until you disconnect"),
    Kept(
        "What they vouch for",
        "to let you read what is open to your institution, ORCID iD or address",
        "until you sign in again",
    ),
    Kept(
        "Sessions",
        "to keep you signed in",
        f"{_days(sessions.LIFETIME)}, or {_in_words(sessions.IDLE // timedelta(hours=1), 'hours')} unused",
    ),
    Kept("Sign-in log", "so that you can see who was here", _days(log.KEPT)),
    Kept("Your titles", "to show what you hold, and when a newer edition is here", "until you remove them"),
    Kept("Where you stopped reading", "to bring you back to that page in the browser", "until you delete it"),
    Kept("Notices", "to tell you what has changed in a title you hold", "until you delete"),
    Kept("Whether you want mail", "so that none is sent unasked", "until you say no"),
    Kept("Whose librarian you are", "to show you its reports", "until the press ends it, or you delete"),
    Kept("Mail to you", "so that none is sent twice, and faults are found; without your address", _days(outbox.KEPT)),
    Kept("Links you made", "to say why one has ended", _days(LINKS)),
    Kept(
        "Copies with your name",
        "where the press has them stamped, so that yours stays the same and its number leads to you",
        "as long as the links you made; the number, until you remove the title",
    ),
    Kept(
        "How much you download",
        "so that programs can’t empty the shelf: a sum for each day, not by title",
        f"a day; that it was too much, {_days(FAIR_USE)}",
    ),
    Kept("Titles’ lists", "to let you read what names its readers", "until the press ends them"),
    Kept("Terms you accepted", "to ask you once only", "until you delete"),
    Kept("Codes and requests", "so that a code counts once, and the press can answer you", "until you delete"),
    Kept(
        "Accessible copies you ask for",
        "so that the press can help you, in your own words",
        f"{_in_words(COPIES // timedelta(days=365) * 12, 'months')} after the answer",
    ),
    Kept(
        "Access keys",
        "to let your programs in, and to say why one fails",
        f"{_days(KEYS)} after their end",
    ),
    Kept(
        "Files you sent",
        "where you work for the press, to say what became of them",
        _in_words(FILES_SENT // timedelta(days=365) * 12, "months"),
    ),
    Kept(
        "What you typed at the desk",
        "where you work for the press, so that a closed tab loses nothing",
        f"until you save or discard it, {_days(TYPED)} at most",
    ),
    Kept(
        "Comments, those you report, and a mark as a title’s author",
        "to show what you say with your name, and so that the press hears of what should not stand there",
        "until you delete them, or the press has looked. Your account’s end deletes them or your name, as you choose",
    ),
    Kept(
        "A comment sent after a sign-in had ended",
        "so that it is there when you are back; without your name",
        _in_words(typed.KEPT // timedelta(minutes=1), "minutes"),
    ),
    Kept("Account changes", "to answer for them; without names", _in_words(ACTS // timedelta(days=365) * 12, "months")),
    Kept("Proof of deletion", "so that no backup brings you back; your name can’t be read from it", _days(ERASURES)),
    Kept("What you read, for counts", "to tell the press what is read", f"not tied to you after {_days(salts.KEPT)}"),
    Kept("Internet addresses", "not needed", "never"),
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
