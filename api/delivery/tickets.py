"""Tickets: the random, short-lived capabilities behind a time-limited link.

Whoever holds the link holds the ticket until it ends. Redeeming asks the decision again for the ticket's
reader, so a link dies with the access it came from.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.access.policy import NextStep, Reader, Reason
from api.errors import Denied, Gone, NotFound
from api.formats.record import TitleRecord
from api.seal import Seal, new_secret
from api.shelf import holdings, offers, queries, records
from api.shelf.offers import Offer
from api.shelf.queries import Shelved
from api.signin.people import reader_of_user
from api.spoken import N_
from api.tables import ChapterFile, Edition, Ticket

PURPOSE = "ticket"
_BEHIND_LINK = (
    select(Ticket, Edition, ChapterFile)
    .join(Edition, col(Edition.id) == col(Ticket.edition_id))
    .outerjoin(ChapterFile, col(ChapterFile.id) == col(Ticket.chapter_file_id))
    .where(col(Ticket.digest) == sa.bindparam("digest"))
)
_TAKE_USE = (
    sa.update(Ticket)
    .where(col(Ticket.id) == sa.bindparam("ticket_id"), col(Ticket.uses_left) > 0)
    .values(uses_left=col(Ticket.uses_left) - 1)
)


@dataclass(frozen=True)
class Issued:
    """A fresh ticket. `secret` leaves the portal once, in the link; only its digest is kept."""

    secret: str
    filename: str
    made_at: datetime
    expires_at: datetime
    uses_left: int

    @property
    def path(self) -> str:
        return f"/t/{self.secret}/{self.filename}"


@dataclass(frozen=True)
class Redeemable:
    """What a valid ticket leads to, and for whom (None: an account closed since), before a use is taken from it."""

    ticket_id: int
    reader: Reader | None
    shelved: Shelved
    offer: Offer

    @property
    def record(self) -> TitleRecord:
        return self.shelved.record


def issue(
    db: Db, seal: Seal, shelved: Shelved, offer: Offer, reader: Reader, *, lifetime: int, uses: int, now: datetime
) -> Issued:
    """Make a ticket for a reader whom the decision admits. `lifetime` in seconds, `uses` in transfers.

    It is for the edition that stands behind the offer now, whatever comes after. One for reading in the browser serves
    any number of transfers, of which the first counts.
    """
    chapter_file = offer.chapter.file if offer.chapter is not None else None
    assert shelved.decision.allowed
    assert offer.edition_id is not None
    issued = Issued(new_secret(), offer.link_name, now, now + timedelta(seconds=lifetime), uses)
    db.add(
        Ticket(
            digest=seal.digest(PURPOSE, issued.secret),
            user_id=reader.user_id,
            edition_id=offer.edition_id,
            chapter_file_id=chapter_file.id if chapter_file is not None else None,
            rule_id=shelved.decision.rule_id,
            made_at=issued.made_at,
            expires_at=issued.expires_at,
            uses_left=uses,
            is_inline=offer.is_inline,
        )
    )
    return issued


def look_up(db: Db, seal: Seal, secret: str, filename: str, now: datetime, *, address: str | None = None) -> Redeemable:
    """What a link leads to now, for whoever follows it from `address`.

    Raises NotFound for an unknown or bent link, Gone for one that has run out, was revoked or whose title is
    withdrawn, Denied where its reader is no longer admitted.
    """
    row = db.exec(_BEHIND_LINK, params={"digest": seal.digest(PURPOSE, secret)}).first()
    if row is None:
        raise NotFound
    ticket, edition, chapter_file = row
    holder = reader_of_user(db, ticket.user_id)
    reader = replace(holder, address=address) if holder is not None else None
    shelved = queries.find_by_id(db, edition.title_id, reader, now)
    if shelved is None:
        raise NotFound
    offer = replace(_offer(shelved.record, edition, chapter_file), is_inline=ticket.is_inline)
    if filename != offer.link_name:
        raise NotFound
    if shelved.decision.reason is Reason.WITHDRAWN:
        raise withdrawn(shelved.record)
    if ticket.revoked_at is not None or now >= ticket.expires_at:
        raise run_out(offer)
    if not shelved.decision.allowed:
        raise Denied(
            N_(
                "“{full_title}” is no longer open to the reader this link was made for.",
                full_title=shelved.record.full_title,
            ),
            heading=N_("This link no longer opens the file"),
            way_on=(shelved.record.path, N_("See the title")),
        )
    assert ticket.id is not None
    return Redeemable(ticket.id, reader, shelved, offer)


def _offer(record: TitleRecord, edition: Edition, chapter_file: ChapterFile | None) -> Offer:
    if chapter_file is not None:
        chapter = (chapter_file.chapter_id, records.chapter_file_record(chapter_file))
        return offers.of_ticket(record, records.edition_record(edition), chapter)
    newest = record.edition
    kept = newest if newest is not None and newest.id == edition.id else records.edition_record(edition)
    return offers.of_ticket(record, kept, None)


def take_use(db: Db, redeemable: Redeemable) -> bool:
    """Take one use from a ticket, or raise Gone where none is left. Of two at once on the last, one wins.

    From then on the ticket's reader holds the edition; of a chapter alone nothing is held. The answer is whether the
    transfer counts: all do, but of those of a ticket for reading in the browser only the first.
    """
    taken = db.connection().execute(_TAKE_USE, {"ticket_id": redeemable.ticket_id})
    offer = redeemable.offer
    if taken.rowcount == 0 and offer.is_inline:
        return False
    if taken.rowcount == 0:
        raise run_out(offer)
    if redeemable.reader is not None and offer.chapter is None and offer.edition_id is not None:
        holdings.take(db, redeemable.reader.user_id, offer.edition_id, clock.now())
    return True


def forget_ended(db: Db, before: datetime) -> int:
    """Forget the tickets that ended before an instant; how many. Their links lead nowhere from then on."""
    return db.connection().execute(sa.delete(Ticket).where(col(Ticket.expires_at) < before)).rowcount


def run_out(offer: Offer) -> Gone:
    return Gone(
        N_(
            "Download links work for a few minutes and a few transfers, then close. "
            "“{full_title}” is still here: ask for a fresh link, and sign in first if you are "
            "not.",
            full_title=offer.record.full_title,
        ),
        heading=N_("That link has run out"),
        way_on=(f"{offer.path}.pdf", N_("Get a fresh link")),
    )


def withdrawn(record: TitleRecord) -> Gone:
    return Gone(
        N_(
            "The press has withdrawn “{full_title}”. Its page stays, so that citations still lead somewhere.",
            full_title=record.full_title,
        ),
        heading=N_("This has been withdrawn"),
        way_on=(record.path, N_("See the title")),
        members={"reason": Reason.WITHDRAWN, "next_step": NextStep.NONE},
    )
