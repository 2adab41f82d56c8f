"""What would be registered of a title, what stands in its way, and the deposit that is put in line to be sent."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.database import hold
from api.deposits.registrar import Registrar
from api.errors import Conflict, Invalid, NotFound
from api.formats import crossref
from api.formats.crossref import Head
from api.formats.library import host_of
from api.formats.works import Work
from api.shelf import queries
from api.shelf.gates import work_of
from api.spoken import N_, Said, told
from api.tables import Audit, Deposit, DepositState, Kind, State

DOI = re.compile(r"10\.[0-9]{4,9}/\S{1,200}")
ON_ITS_WAY = (DepositState.SENDING, DepositState.SENT)


@dataclass(frozen=True)
class Prepared:
    """A title as Crossref would get it: the document, its DOIs, and in sentences what stands in the way."""

    work: Work
    document: str
    digest: str
    dois: tuple[str, ...]
    missing: tuple[str, ...]
    head: Head

    @property
    def is_ready(self) -> bool:
        return not self.missing


def prepare(db: Db, registrar: Registrar, title_id: int, now: datetime) -> Prepared:
    """Nothing is kept of it: this is what a dry run shows. Raises NotFound."""
    [*found] = queries.these(db, [title_id], None, now)
    if not found:
        raise NotFound
    work = work_of(found[0], registrar.public_url)
    content = crossref.body(work)
    newest = newest_of(db, title_id)
    stamp = max(crossref.stamp_at(now), newest.stamp + 1 if newest is not None else 0)
    host = host_of(registrar.public_url)
    depositor = registrar.settings.depositor or work.issuer or host
    head = Head(f"{host[:60]}.title-{title_id}.{stamp}", stamp, depositor, registrar.mail)
    return Prepared(
        work,
        crossref.deposit(content, head).decode(),
        hashlib.sha256(content.encode()).hexdigest(),
        tuple(_dois(work)),
        tuple(_missing(work, registrar.settings.prefix)),
        head,
    )


def queue(db: Db, registrar: Registrar, title_id: int, by: int | None, now: datetime) -> Deposit:
    """Put the title in line. What waits already is made anew; what is on its way has to arrive first.

    Raises NotFound, Invalid where something is missing, Conflict where there is nothing to send.
    """
    hold(db, f"deposit {title_id}")
    prepared = prepare(db, registrar, title_id, now)
    if prepared.missing:
        raise Invalid(Said("{missing}", missing=lambda: " ".join(map(told, prepared.missing))))
    newest = newest_of(db, title_id)
    if newest is not None and newest.state in ON_ITS_WAY:
        raise Conflict(N_("A deposit of this title is on its way; Crossref has to answer first."))
    if newest is not None and newest.state == DepositState.REGISTERED and newest.digest == prepared.digest:
        raise Conflict(N_("Crossref has exactly this already; nothing has changed since."))
    waiting = newest if newest is not None and newest.state == DepositState.WAITING else None
    deposit = waiting or Deposit(title_id=title_id, batch="", stamp=0, digest="", document="")
    deposit.batch, deposit.stamp = prepared.head.batch, prepared.head.stamp
    deposit.digest, deposit.document, deposit.dois = prepared.digest, prepared.document, list(prepared.dois)
    deposit.made_by, deposit.made_at, deposit.due_at = by, now, now
    deposit.settled_at = prepared.work.record.modified_at or now
    db.add(deposit)
    title = prepared.work.record.slug
    words = f"{len(prepared.dois)} {'DOI' if len(prepared.dois) == 1 else 'DOIs'}"
    db.add(Audit(actor_user_id=by, action="deposit-queued", object=f"title {title}", words=words))
    return deposit


def newest_of(db: Db, title_id: int) -> Deposit | None:
    return db.exec(
        select(Deposit).where(Deposit.title_id == title_id).order_by(col(Deposit.id).desc()).limit(1)
    ).first()


def _dois(work: Work) -> Iterator[str]:
    """Ours alone: the title's, then those of its chapters."""
    for each in (work, *crossref.registered_chapters(work)):
        if each.our_doi:
            yield each.our_doi


def _missing(work: Work, prefix: str | None) -> Iterator[str]:
    record, dois = work.record, list(_dois(work))
    if record.state is State.DRAFT:
        yield N_("It is a draft: a DOI leads to a page that everyone can see.")
    if record.state is State.WITHDRAWN:
        yield N_("It was withdrawn; what Crossref knows of it stays as it is.")
    if not dois:
        yield N_("It has no DOI of the press’s own.")
    for doi in dois:
        if not DOI.fullmatch(doi):
            yield N_("{doi} is not of the form 10.1234/…", doi=doi)
        elif prefix is not None and not doi.startswith(f"{prefix}/"):
            yield N_("{doi} is not under the press’s prefix {prefix}.", doi=doi, prefix=prefix)
    if len({doi.lower() for doi in dois}) < len(dois):
        yield N_("Two of its parts have the same DOI.")
    if not work.date:
        yield N_("It has no date of publication.")
    if record.kind in (Kind.EDITED_VOLUME, Kind.MONOGRAPH) and not record.publisher:
        yield N_("It names no publisher.")
    if not work.authors and not work.editors:
        yield N_("It names neither authors nor editors.")
    for chapter in crossref.registered_chapters(work):
        if chapter.chapter is not None and not chapter.chapter.first_page:
            yield N_("The chapter “{chapter}” has no pages.", chapter=chapter.name)
